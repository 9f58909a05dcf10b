//! The probes `c…`: channels used wrongly. One module a program of Go's, under its name.

/// A send to a closed channel.
pub(crate) mod c01_send_on_closed {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(i32, 1);
        c.close();
        chan!(c <- 1);
    }
}

/// A send to a closed channel in a select that has a default.
pub(crate) mod c01b_send_on_closed_select_default {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(i32);
        c.close();
        select! {
        case c <- 1:
        default:
            eprintln!("default");
        }
    }
}

/// A channel closed twice.
pub(crate) mod c02_close_closed {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(i32);
        c.close();
        c.close();
    }
}

/// The nil channel closed.
pub(crate) mod c03_close_nil {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c: Chan<i32> = Chan::nil();
        c.close();
    }
}

/// A channel closed under a sender that waits.
pub(crate) mod c04_close_wakes_blocked_sender {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(i32);
        go! { c <- 1; }
        time::sleep(50 * time::MILLISECOND).await;
        c.close();
        time::sleep(200 * time::MILLISECOND).await;
        eprintln!("not reached");
    }
}

/// A channel closed under a select that waits to send.
pub(crate) mod c04b_close_wakes_blocked_select_send {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(i32);
        let d = chan!(i32);
        go! {
            select! {
            case c <- 1:
            case <-d:
            }
        }
        time::sleep(50 * time::MILLISECOND).await;
        c.close();
        time::sleep(200 * time::MILLISECOND).await;
        eprintln!("not reached");
    }
}

/// A negative capacity.
pub(crate) mod c05_makechan_negative {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let n: i64 = if std::env::args().count() > 5 { 1 } else { -1 };
        let _ = chan!(i32, n);
    }
}

/// An absurd capacity.
pub(crate) mod c05b_makechan_huge {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let n: i64 = if std::env::args().count() > 5 { 1 } else { 1 << 62 };
        let _ = chan!(i32, n);
    }
}
