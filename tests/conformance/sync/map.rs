//! `map_test.go`, `pool_test.go`.

use go::prelude::*;
use go::sync::atomic::Int64;
use go::sync::{Map, Pool};

/// A generator of numbers, the same each run.
struct Numbers(u64);

impl Numbers {
    /// A number below `bound`.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % bound
    }
}

#[go::test]
async fn TestMapMatchesRWMutex() {
    // The same calls on the map and on a plain one behind a lock.
    let (map, model) = (Map::<u64, u64>::new(), sync::RwMutex::new(std::collections::HashMap::new()));
    let mut numbers = Numbers(7);
    for _ in 0..20_000 {
        let (key, value) = (numbers.below(12), numbers.below(4));
        let mut model = model.lock().await;
        match numbers.below(8) {
            0 => assert_eq!(map.load(&key), model.get(&key).copied()),
            1 => {
                map.store(key, value);
                model.insert(key, value);
            }
            2 => {
                let was = model.get(&key).copied();
                model.entry(key).or_insert(value);
                assert_eq!(map.load_or_store(key, value), (was.unwrap_or(value), was.is_some()));
            }
            3 => assert_eq!(map.load_and_delete(&key), model.remove(&key)),
            4 => {
                map.delete(&key);
                model.remove(&key);
            }
            5 => assert_eq!(map.swap(key, value), model.insert(key, value)),
            6 => {
                let same = model.get(&key) == Some(&1);
                if same {
                    model.insert(key, value);
                }
                assert_eq!(map.compare_and_swap(&key, &1, value), same);
            }
            _ => {
                let same = model.get(&key) == Some(&2);
                if same {
                    model.remove(&key);
                }
                assert_eq!(map.compare_and_delete(&key, &2), same);
            }
        }
    }
    let mut seen = std::collections::HashMap::new();
    map.range(|key, value| seen.insert(*key, value).is_none());
    assert_eq!(seen, *model.rlock().await);
    map.clear();
    map.range(|_, _| panic!("the map is empty"));
}

#[go::test]
async fn TestMapRangeNestedCall() {
    let map = Map::<i32, &str>::new();
    for (i, text) in ["hello", "world", "go"].into_iter().enumerate() {
        map.store(i as i32, text);
    }
    map.range(|key, value| {
        map.range(|key, value| {
            assert_eq!(map.load(key), Some(value));
            assert_eq!(map.load_or_store(42, "dummy").0, "dummy");
            assert_eq!(map.load_or_store(42, "other"), ("dummy", true));
            map.delete(&42);
            true
        });
        assert_eq!(map.load_and_delete(key), Some(value));
        true
    });
    let mut left = 0;
    map.range(|_, _| {
        left += 1;
        true
    });
    assert_eq!(left, 0);
}

#[go::test]
async fn TestCompareAndSwap_NonExistingKey() {
    let map = Map::<i32, i32>::new();
    assert!(!map.compare_and_swap(&1, &0, 42));
    assert_eq!(map.load(&1), None);
}

#[go::test]
async fn TestPoolNew() {
    static MADE: Int64 = Int64::new(0);
    let pool = Pool::new(|| MADE.add(1));
    assert_eq!((pool.get(), pool.get()), (1, 2));
    pool.put(42);
    assert_eq!((pool.get(), pool.get()), (42, 3));
}
