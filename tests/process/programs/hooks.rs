//! Programs with a panic hook of their own.

/// Says what a hook sees.
fn speak(name: &str, info: &std::panic::PanicHookInfo<'_>) {
    let text = info.payload_as_str().unwrap_or("a value");
    eprintln!("{name}: {text} at line {}", info.location().map_or(0, std::panic::Location::line));
}

/// The hook was set before the runtime was started.
pub(crate) mod before {
    use go::prelude::*;

    pub(crate) fn main() {
        std::panic::set_hook(Box::new(|info| super::speak("hook", info)));
        go::runtime::Builder::new().run(async {
            go! {
                defer!(eprintln!("deferred"));
                panic!("boom");
            }
            select! {}
        })
    }
}

/// The hook is set by the main goroutine, and passes on what it sees, as hooks should.
pub(crate) mod chained {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            super::speak("hook", info);
            before(info);
        }));
        go! { panic!("boom"); }
        select! {}
    }
}

/// The hook is set by the main goroutine, and replaces the one that was there.
pub(crate) mod replacing {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        std::panic::set_hook(Box::new(|info| super::speak("hook", info)));
        go! { panic!("boom"); }
        select! {}
    }
}

/// A hook on a runtime of the user's own.
pub(crate) mod owned {
    use go::prelude::*;

    #[tokio::main]
    pub(crate) async fn main() {
        std::panic::set_hook(Box::new(|info| super::speak("hook", info)));
        go! { panic!("boom"); }
        std::future::pending::<()>().await;
    }
}

/// Panics outside goroutines: in a thread, in a task of tokio's, and one that is caught.
pub(crate) mod outside {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        tokio::task::spawn_blocking(|| {
            let thread = std::thread::Builder::new().name("mine".to_owned()).spawn(|| panic!("in a thread"));
            assert!(thread.expect("it starts").join().is_err());
        })
        .await
        .expect("it does not panic");
        assert!(tokio::spawn(async { panic!("in a task") }).await.is_err());
        let caught = std::panic::catch_unwind(|| panic!("caught in a goroutine"));
        assert!(caught.is_err());
        println!("alive");
    }
}
