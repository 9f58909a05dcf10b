//! A leaky bucket of buffers: free ones are reused if there are any, surplus ones dropped.

use go::prelude::*;

golang! {
    #[derive(Default)]
    struct Buffer {
        data: Vec<i32>,
        uses: i32,
    }

    fn get(free: Receiver<Buffer>, made: &mut i32) -> Buffer {
        select {
            case b := <-free:
                b
            default:
                *made += 1;
                Buffer::default()
        }
    }

    fn put(free: Sender<Buffer>, mut b: Buffer) -> bool {
        b.data.clear();
        b.uses += 1;
        select {
            case free <- b:
                true
            default:
                false
        }
    }

    pub(crate) fn main() {
        free := chan!(Buffer, 2);
        made, dropped := 0, 0;
        out := Vec::new();
        for round := range 4 {
            for i := range round + 1 {
                b := get(free.clone(), &mut made);
                b.data.push(i);
                out.push(b);
            }
            for b in out {
                if !put(free.clone(), b) {
                    dropped += 1;
                }
            }
            out = Vec::new();
        }
        println!("made {made} dropped {dropped} free {}", free.len());
        println!("uses {} {}", (<-free).uses, (<-free).uses);
    }
}
