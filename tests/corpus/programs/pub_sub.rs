//! Publish and subscribe: a broker hands every message to all subscribers of its topic.

use std::collections::HashMap;
use std::sync::Arc;

use go::prelude::*;

golang! {
    #[derive(Default)]
    struct Topics {
        subs: HashMap<&'static str, Vec<Chan<&'static str>>>,
        closed: bool,
    }

    struct Broker {
        topics: sync::RwMutex<Topics>,
    }

    impl Broker {
        fn subscribe(&self, topic: &'static str) -> Receiver<&'static str> {
            ch := chan!(&'static str, 4);
            topics := self.topics.lock();
            topics.subs.entry(topic).or_default().push(ch.clone());
            ch.receiver()
        }

        fn publish(&self, topic: &'static str, message: &'static str) -> usize {
            topics := self.topics.rlock();
            if topics.closed {
                return 0;
            }
            for _, ch := range topics.subs.get(topic).cloned().unwrap_or_default() {
                ch <- message;
            }
            topics.subs.get(topic).map_or(0, Vec::len)
        }

        fn close(&self) {
            topics := self.topics.lock();
            topics.closed = true;
            for _, subs := range topics.subs {
                for _, ch := range subs {
                    ch.close();
                }
            }
        }
    }

    pub(crate) fn main() {
        b := Arc::new(Broker { topics: sync::RwMutex::new(Topics::default()) });
        wg := sync::WaitGroup::new();
        lines := chan!(String, 20);
        for i, topic := range ["news", "sport", "news"] {
            ch := b.subscribe(topic);
            wg.add(1);
            go {
                defer wg.done();
                for m := range ch {
                    lines <- format!("{i} {topic}: {m}");
                }
            }
        }
        println!("{} got rain", b.publish("news", "rain"));
        println!("{} got 1:0", b.publish("sport", "1:0"));
        println!("{} got song", b.publish("music", "song"));
        b.publish("news", "sun");
        b.close();
        wg.wait();
        lines.close();
        println!("{} got late", b.publish("news", "late"));
        all := Vec::new();
        for line := range lines {
            all.push(line);
        }
        all.sort();
        for _, line := range all {
            println!("{line}");
        }
    }
}
