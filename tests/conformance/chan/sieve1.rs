//! Go's `test/chan/sieve1.go`: the prime sieve, whose goroutines never end.

use go::prelude::*;

/// Sends 2, 3, 4, and so on.
async fn generate(ch: Sender<u32>) {
    for i in 2.. {
        chan!(ch <- i);
    }
}

/// Hands on what `prime` does not divide.
async fn filter(input: Receiver<u32>, output: Sender<u32>, prime: u32) {
    while let Some(i) = input.recv().await {
        if i % prime != 0 {
            chan!(output <- i);
        }
    }
}

/// Sends the primes.
async fn sieve(primes: Sender<u32>) {
    let mut ch = chan!(u32);
    go!(generate(ch.sender()));
    loop {
        let prime = chan!(<-ch);
        chan!(primes <- prime);
        let next = chan!(u32);
        go!(filter(ch.receiver(), next.sender(), prime));
        ch = next;
    }
}

/// The first primes are right.
async fn check() {
    let primes = chan!(u32);
    go!(sieve(primes.sender()));
    let expected =
        [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101];
    for prime in expected {
        assert_eq!(chan!(<-primes), prime);
    }
    // The goroutines are left where they are.
    assert!(runtime::num_goroutine() > expected.len());
}

#[go::test(allow_leaks)]
async fn sieve1() {
    check().await;
}

#[go::test(real_time, workers = 4, allow_leaks)]
async fn sieve1_on_four_workers() {
    check().await;
}
