//! Why a goroutine waits, in Go's words.

/// What a report shows in the brackets behind `goroutine N`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum WaitReason {
    /// It runs.
    Running,
    /// It could run and has not yet, or has given way.
    Runnable,
    /// It waits for something that this crate does not know: I/O, another library's future.
    Foreign,
    /// A receive.
    ChanReceive,
    /// A send.
    ChanSend,
    /// A receive from the nil channel.
    ChanReceiveNil,
    /// A send to the nil channel.
    ChanSendNil,
    /// A select with cases.
    Select,
    /// `select! {}`.
    SelectNoCases,
    /// `time::sleep`.
    Sleep,
    /// `Mutex::lock`.
    MutexLock,
    /// `RwMutex::rlock`.
    RwMutexRLock,
    /// `RwMutex::lock`.
    RwMutexLock,
    /// `WaitGroup::wait`.
    WaitGroupWait,
    /// `Cond::wait`.
    CondWait,
}

/// Every reason, in the order of its number.
const ALL: [WaitReason; 15] = [
    WaitReason::Running,
    WaitReason::Runnable,
    WaitReason::Foreign,
    WaitReason::ChanReceive,
    WaitReason::ChanSend,
    WaitReason::ChanReceiveNil,
    WaitReason::ChanSendNil,
    WaitReason::Select,
    WaitReason::SelectNoCases,
    WaitReason::Sleep,
    WaitReason::MutexLock,
    WaitReason::RwMutexRLock,
    WaitReason::RwMutexLock,
    WaitReason::WaitGroupWait,
    WaitReason::CondWait,
];

impl WaitReason {
    /// The reason with this number.
    pub(crate) fn from_number(number: u8) -> WaitReason {
        ALL.get(usize::from(number)).copied().unwrap_or(WaitReason::Foreign)
    }

    /// Whether the goroutine waits for something.
    pub(crate) fn is_wait(self) -> bool {
        !matches!(self, WaitReason::Running | WaitReason::Runnable)
    }

    /// Go's words for it.
    pub(crate) fn text(self) -> &'static str {
        match self {
            WaitReason::Running => "running",
            WaitReason::Runnable => "runnable",
            WaitReason::Foreign => "IO wait",
            WaitReason::ChanReceive => "chan receive",
            WaitReason::ChanSend => "chan send",
            WaitReason::ChanReceiveNil => "chan receive (nil chan)",
            WaitReason::ChanSendNil => "chan send (nil chan)",
            WaitReason::Select => "select",
            WaitReason::SelectNoCases => "select (no cases)",
            WaitReason::Sleep => "sleep",
            WaitReason::MutexLock => "sync.Mutex.Lock",
            WaitReason::RwMutexRLock => "sync.RWMutex.RLock",
            WaitReason::RwMutexLock => "sync.RWMutex.Lock",
            WaitReason::WaitGroupWait => "sync.WaitGroup.Wait",
            WaitReason::CondWait => "sync.Cond.Wait",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, WaitReason};

    #[test]
    fn the_numbers_are_the_places_in_the_table() {
        for (number, reason) in ALL.iter().enumerate() {
            assert_eq!(*reason as usize, number);
            assert_eq!(WaitReason::from_number(number as u8), *reason);
        }
    }
}
