//! Go's `reflect/all_test.go`: `TestChan` and the dynamic select.

use std::panic::catch_unwind;

use go::prelude::*;
use go::{TryRecvError, select as cases};

#[go::test]
async fn TestChan() {
    for turn in 0..2 {
        // The plain form and the dynamic one on either side.
        let c = chan!(i32, 1);
        if turn == 0 {
            chan!(c <- 2);
            let mut all = [cases::recv(&c)];
            assert_eq!(cases::cases(&mut all).await, 0);
            assert_eq!(all[0].received(), Some(2));
        } else {
            assert_eq!(cases::cases(&mut [cases::send(&c, 3)]).await, 0);
            assert_eq!(chan!(<-c), 3);
        }
        // Attempts.
        assert_eq!(c.try_recv(), Err(TryRecvError::Empty));
        assert!(c.try_send(4).is_ok());
        assert!(c.try_send(5).is_err());
        assert_eq!((c.len(), c.cap()), (1, 1));
        assert_eq!(c.try_recv(), Ok(4));
        // The close.
        assert!(c.try_send(6).is_ok());
        c.close();
        assert_eq!(chan!(<-c), 6);
        chan!(v, ok := <-c);
        assert!(v == 0 && !ok);
        assert_eq!(c.try_recv(), Err(TryRecvError::Closed));
        let refused = catch_unwind(|| c.try_send(7)).expect_err("a send on a closed channel");
        assert_eq!(
            refused.downcast_ref::<runtime::Error>().map(ToString::to_string),
            Some("send on closed channel".to_owned())
        );
    }
    let unbuffered = chan!(i32);
    assert!(unbuffered.try_send(8).is_err());
    assert_eq!(unbuffered.try_recv(), Err(TryRecvError::Empty));
    assert_eq!((unbuffered.len(), unbuffered.cap()), (0, 0));
}

#[go::test]
async fn TestSelect() {
    // As many cases as the program finds at run time, of which exactly one goes on.
    for n in [1, 2, 3, 17, 130] {
        let channels: Vec<Chan<usize>> = (0..n).map(|i| chan!(usize, i % 3)).collect();
        let nil = Chan::nil();
        for ready in 0..n {
            let ch = channels[ready].clone();
            go! { ch <- ready; }
            let mut all: Vec<_> = channels.iter().map(cases::recv).collect();
            all.push(cases::recv(&nil));
            let chosen = cases::cases(&mut all).await;
            assert_eq!((chosen, all[chosen].received()), (ready, Some(ready)));
        }
        let mut none: Vec<_> = channels.iter().map(cases::recv).collect();
        assert_eq!(cases::try_cases(&mut none), None);
    }
}
