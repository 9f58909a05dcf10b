//! Random numbers that can be had again.

/// A source of random numbers.
#[derive(Debug)]
pub(crate) struct Random {
    /// Its state, never 0.
    state: u64,
}

impl Random {
    /// The numbers of `seed`.
    pub(crate) fn new(seed: u64) -> Random {
        Random { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1 }
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        // xorshift64*
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        let high = self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32;
        ((high * bound as u64) >> 32) as usize
    }

    /// True once in `n` times.
    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of `all`.
    pub(crate) fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// The seeds to run: that of `GO_TEST_SEED`, or `rounds` fresh ones (`GO_TEST_ROUNDS` for another number).
pub(crate) fn seeds(rounds: u64) -> Vec<u64> {
    let number = |name| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
    if let Some(seed) = number("GO_TEST_SEED") {
        return vec![seed];
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a date after 1970");
    let first = now.as_nanos() as u64 >> 8 << 8;
    (0..number("GO_TEST_ROUNDS").unwrap_or(rounds)).map(|round| first.wrapping_add(round)).collect()
}

/// Runs `round` with each seed, and names the seed of the one that fails.
pub(crate) fn rounds(rounds: u64, round: impl Fn(&mut Random)) {
    for seed in seeds(rounds) {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| round(&mut Random::new(seed))));
        if let Err(panic) = result {
            eprintln!("the failing schedule again: GO_TEST_SEED={seed}");
            std::panic::resume_unwind(panic);
        }
    }
}
