//! Raw identifiers.

use go::{Chan, chan, defer, go, select};

struct Type {
    r#match: Chan<i32>,
}

impl Type {
    async fn r#move(&self, r#fn: i32) {
        chan!(self.r#match <- r#fn);
    }
}

impl go::Share for Type {
    fn share(&self) -> Type {
        Type { r#match: self.r#match.clone() }
    }
}

async fn r#async(r#type: Chan<i32>, r#in: i32) {
    chan!(r#type <- r#in);
}

#[go::test]
async fn r#static() {
    let r#type = chan!(i32);
    let r#loop = 3;
    go! {
        r#type <- r#loop;
        r#let := r#loop + 1;
        r#type <- r#let;
    }
    chan!(r#if := <-r#type);
    assert_eq!(r#if, 3);
    let mut r#for = 0;
    assert_eq!(r#for, 0);
    select! {
        case r#for = <-r#type: assert_eq!(r#for, 4);
    }
    go!(r#async(r#type, r#for));
    select! {
        case r#ref, r#mut := <-r#type: assert!(r#mut && r#ref == 4);
    }
    let r#where = Type { r#match: r#type.clone() };
    go!(r#where.r#move(6));
    defer!(r#type.close());
    assert_eq!(chan!(<-r#where.r#match), 6);
    let r#pub = "text".to_owned();
    go!(move r#pub { r#type <- r#pub.len() as i32; });
    assert_eq!(chan!(<-r#type), 4);
}
