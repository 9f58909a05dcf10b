//! Go's `test/ken/chan.go`: mixes of plain and selecting senders and receivers, each channel's sequence checked.

use go::Share;
use go::prelude::*;

/// How many values go through each channel.
const VALUES: u64 = 150;
/// The buffers.
const CAPACITIES: [usize; 4] = [0, 1, 7, 80];

/// Several channels, each of which carries a sequence of its own.
#[derive(Clone)]
struct Lanes {
    /// The channels.
    lanes: Vec<Chan<u64>>,
}

impl Share for Lanes {
    fn share(&self) -> Lanes {
        self.clone()
    }
}

/// The value number `i` of a lane.
fn value(lane: usize, i: u64) -> u64 {
    lane as u64 * 1_000_000 + i
}

impl Lanes {
    /// `n` channels.
    fn new(n: usize, capacity: usize) -> Lanes {
        Lanes { lanes: (0..n).map(|_| chan!(u64, capacity)).collect() }
    }

    /// Sends one lane's sequence.
    async fn send_one(self, lane: usize) {
        for i in 0..VALUES {
            chan!(self.lanes[lane] <- value(lane, i));
        }
    }

    /// Receives one lane's sequence.
    async fn receive_one(self, lane: usize) {
        for i in 0..VALUES {
            assert_eq!(chan!(<-self.lanes[lane]), value(lane, i), "lane {lane}");
        }
    }

    /// Sends the sequences of two lanes with one select, each as it comes.
    async fn send_two(self, a: usize, b: usize) {
        let (mut i, mut j) = (0, 0);
        while i < VALUES || j < VALUES {
            // A lane that is done is nil.
            let first = if i < VALUES { self.lanes[a].clone() } else { Chan::nil() };
            let second = if j < VALUES { self.lanes[b].clone() } else { Chan::nil() };
            select! {
            case first <- value(a, i): i += 1
            case second <- value(b, j): j += 1
            }
        }
    }

    /// Receives the sequences of two lanes with one select.
    async fn receive_two(self, a: usize, b: usize) {
        let (mut i, mut j) = (0, 0);
        while i < VALUES || j < VALUES {
            select! {
            case v := <-self.lanes[a]:
                assert_eq!(v, value(a, i));
                i += 1;
            case v := <-self.lanes[b]:
                assert_eq!(v, value(b, j));
                j += 1;
            }
        }
    }

    /// Receives the sequences of eight lanes with one select.
    async fn receive_eight(self) {
        let mut next = [0; 8];
        let ch = &self.lanes;
        for _ in 0..8 * VALUES {
            let (lane, v) = select! {
            case v := <-ch[0]: (0, v)
            case v := <-ch[1]: (1, v)
            case v := <-ch[2]: (2, v)
            case v := <-ch[3]: (3, v)
            case v := <-ch[4]: (4, v)
            case v := <-ch[5]: (5, v)
            case v := <-ch[6]: (6, v)
            case v := <-ch[7]: (7, v)
            };
            assert_eq!(v, value(lane, next[lane]), "lane {lane}");
            next[lane] += 1;
        }
    }

    /// Sends the sequences of eight lanes with one select.
    async fn send_eight(self) {
        let mut next = [0; 8];
        for _ in 0..8 * VALUES {
            // A lane that is done is nil.
            let ch: [Chan<u64>; 8] =
                std::array::from_fn(|lane| if next[lane] < VALUES { self.lanes[lane].clone() } else { Chan::nil() });
            let lane = select! {
            case ch[0] <- value(0, next[0]): 0
            case ch[1] <- value(1, next[1]): 1
            case ch[2] <- value(2, next[2]): 2
            case ch[3] <- value(3, next[3]): 3
            case ch[4] <- value(4, next[4]): 4
            case ch[5] <- value(5, next[5]): 5
            case ch[6] <- value(6, next[6]): 6
            case ch[7] <- value(7, next[7]): 7
            };
            next[lane] += 1;
        }
    }
}

/// One channel, plain on both sides.
async fn test1(capacity: usize) {
    let lanes = Lanes::new(1, capacity);
    go!(lanes.share().send_one(0));
    lanes.receive_one(0).await;
}

/// Plain senders, a selecting receiver.
async fn test2(capacity: usize) {
    let lanes = Lanes::new(2, capacity);
    go!(lanes.share().send_one(0));
    go!(lanes.share().send_one(1));
    lanes.receive_two(0, 1).await;
}

/// A selecting sender, plain receivers.
async fn test3(capacity: usize) {
    let (lanes, wg) = (Lanes::new(2, capacity), sync::WaitGroup::new());
    for lane in 0..2 {
        wg.add(1);
        go! {
            lanes.share().receive_one(lane).await;
            wg.done();
        }
    }
    lanes.send_two(0, 1).await;
    wg.wait().await;
}

/// Selects on both sides.
async fn test4(capacity: usize) {
    let lanes = Lanes::new(2, capacity);
    go!(lanes.share().send_two(0, 1));
    lanes.receive_two(0, 1).await;
}

/// Two of each on four channels, crosswise.
async fn test5(capacity: usize) {
    let (lanes, wg) = (Lanes::new(4, capacity), sync::WaitGroup::new());
    go!(lanes.share().send_two(0, 1));
    go!(lanes.share().send_two(2, 3));
    for first in 0..2 {
        wg.add(1);
        go! {
            lanes.share().receive_two(first, first + 2).await;
            wg.done();
        }
    }
    wg.wait().await;
}

/// Eight channels in one select on each side, and plain senders against it.
async fn test6(capacity: usize) {
    let lanes = Lanes::new(8, capacity);
    go!(lanes.share().send_eight());
    lanes.receive_eight().await;
    let lanes = Lanes::new(8, capacity);
    for lane in 0..8 {
        go!(lanes.share().send_one(lane));
    }
    lanes.receive_eight().await;
}

/// All mixes.
async fn run() {
    for capacity in CAPACITIES {
        test1(capacity).await;
        test2(capacity).await;
        test3(capacity).await;
        test4(capacity).await;
        test5(capacity).await;
        test6(capacity).await;
    }
}

#[go::test]
async fn ken_chan() {
    run().await;
}

#[go::test(real_time, workers = 4)]
async fn ken_chan_on_four_workers() {
    run().await;
}
