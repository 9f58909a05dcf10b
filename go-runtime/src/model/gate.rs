//! A gate that leans: two threads are never inside at once, whoever it leans to, and nobody waits for ever.

use std::sync::Arc;

use loom::cell::UnsafeCell;
use loom::thread;

use super::explore;
use crate::shim::gate::Gate;
use crate::shim::side::Side;

/// Two gates and the sides of three threads.
struct Gates {
    /// The gates under test.
    gates: [Gate; 2],
    /// What each guards; loom checks that nobody looks while somebody writes.
    values: [UnsafeCell<u32>; 2],
    /// The threads.
    sides: [Side; 3],
}

// SAFETY: the values are touched inside their gates only; that this is enough is what the models check.
unsafe impl Sync for Gates {}

impl Gates {
    /// Gates that loom has seen, each leaning towards the thread of this number, if any.
    fn new(towards: [Option<usize>; 2]) -> Arc<Gates> {
        let gates = Arc::new(Gates {
            gates: [Gate::new(), Gate::new()],
            values: [UnsafeCell::new(0), UnsafeCell::new(0)],
            sides: [Side::new(0), Side::new(1), Side::new(2)],
        });
        for (gate, towards) in towards.into_iter().enumerate() {
            let side = towards.unwrap_or(0);
            gates.go_in(gate, side);
            if towards.is_some() {
                gates.gates[gate].lean(&gates.sides[side]);
            }
            gates.go_out(gate, side);
        }
        for side in &gates.sides {
            // Loom sees every place of the sides.
            side.is_inside(0);
        }
        gates
    }

    /// The thread of `side` goes into a gate.
    fn go_in(&self, gate: usize, side: usize) {
        self.gates[gate].enter_as(0, &self.sides[side], || &self.sides[side], |number| &self.sides[number as usize]);
    }

    /// The thread of `side` goes out of a gate.
    fn go_out(&self, gate: usize, side: usize) {
        // SAFETY: it went in before.
        unsafe { self.gates[gate].leave_as(0, &self.sides[side]) };
    }

    /// The thread of `side` adds one to what a gate guards, and lets the gate lean if asked to.
    fn add(&self, gate: usize, side: usize, lean: bool) {
        self.go_in(gate, side);
        // SAFETY: loom checks it.
        self.values[gate].with_mut(|value| unsafe { *value += 1 });
        if lean {
            self.gates[gate].lean(&self.sides[side]);
        }
        self.go_out(gate, side);
    }

    /// What a gate guards, when nobody is left who could be inside.
    fn value(&self, gate: usize, side: usize) -> u32 {
        self.go_in(gate, side);
        // SAFETY: loom checks it.
        let value = self.values[gate].with(|value| unsafe { *value });
        self.go_out(gate, side);
        value
    }
}

/// Runs `f` on another thread of the model.
fn start(gates: &Arc<Gates>, f: impl Fn(&Gates) + Send + 'static) -> thread::JoinHandle<()> {
    let gates = Arc::clone(gates);
    thread::spawn(move || f(&gates))
}

#[test]
fn the_thread_it_leans_to_and_another_are_not_inside_at_once() {
    explore(3, || {
        let gates = Gates::new([Some(0), None]);
        let other = start(&gates, |gates| gates.add(0, 1, false));
        gates.add(0, 0, false);
        gates.add(0, 0, false);
        other.join().expect("the other thread ends");
        assert_eq!(gates.value(0, 0), 3);
    });
}

#[test]
fn two_threads_take_away_what_leans_to_a_third() {
    explore(2, || {
        let gates = Gates::new([Some(0), None]);
        let others = [1, 2].map(|side| start(&gates, move |gates| gates.add(0, side, false)));
        gates.add(0, 0, false);
        for other in others {
            other.join().expect("the other thread ends");
        }
        assert_eq!(gates.value(0, 0), 3);
    });
}

#[test]
fn it_leans_to_one_thread_after_another() {
    explore(3, || {
        let gates = Gates::new([Some(0), None]);
        let other = start(&gates, |gates| {
            gates.add(0, 1, true);
            gates.add(0, 1, false);
        });
        gates.add(0, 0, true);
        gates.add(0, 0, false);
        other.join().expect("the other thread ends");
        assert_eq!(gates.value(0, 0), 4);
    });
}

#[test]
fn threads_inside_of_several_gates_do_not_wait_for_each_other_for_ever() {
    // Each is inside of one gate that leans to it when it comes to the other, which leans to the other thread; both go in in
    // the same order.
    explore(3, || {
        let gates = Gates::new([Some(0), Some(1)]);
        let both = |gates: &Gates, side| {
            gates.go_in(0, side);
            gates.add(1, side, false);
            gates.go_out(0, side);
        };
        let other = start(&gates, move |gates| both(gates, 1));
        gates.add(1, 0, false);
        both(&gates, 0);
        other.join().expect("the other thread ends");
        assert_eq!(gates.value(1, 0), 3);
    });
}
