//! A worker pool: three workers take jobs from one channel and put results into another.

use go::prelude::*;

golang! {
    #[derive(Clone, Default)]
    struct Outcome {
        job: i32,
        square: i32,
    }

    fn worker(jobs: Receiver<i32>, results: Sender<Outcome>) {
        for j := range jobs {
            results <- Outcome { job: j, square: j * j };
        }
    }

    pub(crate) fn main() {
        jobs := chan!(i32, 12);
        results := chan!(Outcome, 12);
        for range 3 {
            go worker(jobs, results);
        }
        for j in 1..=9 {
            jobs <- j;
        }
        jobs.close();
        all := Vec::new();
        for range 9 {
            r := <-results;
            all.push(r);
        }
        all.sort_by_key(|r| r.job);
        for _, r := range all {
            println!("job {} gives {}", r.job, r.square);
        }
    }
}
