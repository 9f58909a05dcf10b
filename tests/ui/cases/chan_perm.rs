//! Go's `test/chan/perm.go`: what a direction forbids.

use go::prelude::*;

fn channel<T>() -> Chan<T> {
    Chan::new()
}

async fn directions() {
    let c = channel::<i32>();
    let (cr, cs): (Receiver<i32>, Sender<i32>) = (c.receiver(), c.sender());
    let mut n = 0;

    // A direction is not taken back, nor turned round.
    let _: Chan<i32> = cr.clone();
    let _: Chan<i32> = cs.clone();
    let _: Receiver<i32> = cs.clone();
    let _: Sender<i32> = cr.clone();

    // Sends to what only receives.
    chan!(cr <- 0);
    cr.send(0).await;
    select! { case cr <- 0: }
    // Receives from what only sends.
    chan!(<-cs);
    chan!(n = <-cs);
    chan!(_, _ := <-cs);
    cs.recv().await;
    select! { case n = <-cs: }
    while let Some(_) = cs.recv().await {}
    // A close of what only receives.
    cr.close();
    // No channel at all.
    chan!(n <- 2);
    chan!(<-n);
}

fn main() {}
