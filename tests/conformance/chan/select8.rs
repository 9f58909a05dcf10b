//! Go's `test/chan/select8.go`: a `break` leaves the select it stands in, and nothing more.

use go::prelude::*;

#[go::test]
async fn select8() {
    let ch = chan!(i32, 3);
    for round in 0..2 {
        let mut after = 0;
        // One case.
        chan!(ch <- round);
        select! {
        case <-ch:
            if round < 5 {
                break;
            }
            panic!("not reached");
        }
        after += 1;
        // Two, the second a default.
        chan!(ch <- round);
        select! {
        case v := <-ch:
            if v == round {
                break;
            }
            panic!("not reached");
        default: panic!("the channel is ready");
        }
        after += 1;
        // Three, in a loop that goes on.
        let never = chan!(i32);
        for turn in 0..3 {
            chan!(ch <- turn);
            select! {
            case v := <-ch:
                if v == turn {
                    break;
                }
                panic!("not reached");
            case <-never: panic!("not reached");
            case never <- 1: panic!("not reached");
            }
            after += 1;
        }
        // A default.
        select! {
        case <-ch: panic!("the channel is empty");
        default:
            if after == 5 {
                break;
            }
            panic!("{after} selects were left");
        }
        // The label of the loop around leaves that loop.
        let mut turns = 0;
        'turns: loop {
            turns += 1;
            select! {
            case <-never: panic!("not reached");
            default:
                if turns == 4 {
                    break 'turns;
                }
                continue;
            }
        }
        assert_eq!(turns, 4);
    }
}
