//! Malformed input: every macro answers with errors, never with a panic, and what it emits is Rust.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};

use crate::attr::Attribute;

/// What the macros are used with, in every form.
const SAMPLES: &[&str] = &[
    "ch <- v; v := <-ch; v, ok := <-ch; a, b := f(), <-g; a.b, c[0] = <-ch; _ = <-ch; <-ch;",
    "case <-ctx.done(): return; case v, ok := <-ch: println!(\"{v}\", <-ch); break; case slot.x = <-ch: continue \
     case out <- f(x): case r := <-fut => r?, default: 5",
    "move conn, buf { conn.write(&buf).await; }",
    "handle(move conn, <-ch, x.y, f::<A, B>(1), |a: i32| a)",
    "server.jobs[0].run::<T>(a, move b)",
    "println!(\"{x:?} {:w$} {y}\", <-ch, y = 3)",
    "if let Some(x) = <-ch && x > 3 { for i in 0..<-n { match <-ch { Some(x) if x == <-ch => ch <- x, _ => {} } } }",
    "let c = async |x: i32| { ch <- x; <-ch }; let t = select! { case v := <-ch: v default: { go! { d <- 1; } 0 } };",
    "chan chan<- <-chan Vec<i32>",
    "Vec<(i32, i32)>, 3 + n",
    "v, ok := <-ch",
    "defer!(wg.done()); defer! { x.push(1); } chan!(v := <-ch); chan!(T, 3); go!(f(v)); tokio::select! { _ = x => { ch <- 1; } }",
    "async fn main() -> Result<(), E> { body(); }",
    "fn f<T>(a: &'static str) { 'a: loop { break 'a <-ch; } }",
];

/// Tokens to put in the way.
fn intruders() -> Vec<TokenTree> {
    let mut intruders: Vec<TokenTree> = ";:,=<-!|.?'#&*"
        .chars()
        .flat_map(|c| [Spacing::Alone, Spacing::Joint].map(|spacing| TokenTree::Punct(Punct::new(c, spacing))))
        .collect();
    for word in ["case", "default", "move", "chan", "_", "self", "let", "async", "return", "biased", "x"] {
        intruders.push(TokenTree::Ident(Ident::new(word, Span::call_site())));
    }
    for delimiter in [Delimiter::Brace, Delimiter::Parenthesis, Delimiter::Bracket, Delimiter::None] {
        intruders.push(TokenTree::Group(Group::new(delimiter, TokenStream::new())));
    }
    intruders
}

/// Every stream that differs from `tokens` in one place, at any depth.
fn variants(tokens: &[TokenTree], intruders: &[TokenTree]) -> Vec<Vec<TokenTree>> {
    let mut variants = vec![tokens.to_vec(), Vec::new()];
    for i in 0..=tokens.len() {
        variants.push(tokens[..i].to_vec());
        variants.push(tokens[i..].to_vec());
        // Not every intruder everywhere: the position chooses some.
        for (n, intruder) in intruders.iter().enumerate().filter(|(n, _)| (n + i) % 3 == 0) {
            let mut variant = tokens.to_vec();
            if n % 2 == 0 || i == tokens.len() {
                variant.insert(i, intruder.clone());
            } else {
                variant[i] = intruder.clone();
            }
            variants.push(variant);
        }
        let Some(token) = tokens.get(i) else { continue };
        let mut without = tokens.to_vec();
        without.remove(i);
        variants.push(without);
        if i + 1 < tokens.len() {
            let mut swapped = tokens.to_vec();
            swapped.swap(i, i + 1);
            variants.push(swapped);
        }
        if let TokenTree::Group(group) = token {
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            for changed in self::variants(&inside, intruders).into_iter().step_by(5) {
                let mut variant = tokens.to_vec();
                variant[i] = TokenTree::Group(Group::new(group.delimiter(), changed.into_iter().collect()));
                variants.push(variant);
            }
        }
    }
    variants
}

/// Whether the output can stand where a macro stands: as statements, an expression, a type or items.
fn is_rust(output: &TokenStream) -> bool {
    syn::parse::Parser::parse2(syn::Block::parse_within, output.clone()).is_ok()
        || syn::parse2::<syn::Type>(output.clone()).is_ok()
        || syn::parse2::<syn::File>(output.clone()).is_ok()
}

/// Runs a macro on every variant of every sample.
fn survives(name: &str, expand: impl Fn(TokenStream) -> TokenStream) {
    let intruders = intruders();
    let mut errors = 0;
    let mut count = 0;
    for sample in SAMPLES {
        let tokens: Vec<TokenTree> = sample.parse::<TokenStream>().expect("the sample is tokens").into_iter().collect();
        for variant in variants(&tokens, &intruders) {
            let input: TokenStream = variant.into_iter().collect();
            let output = expand(input.clone());
            count += 1;
            errors += usize::from(output.to_string().contains("compile_error"));
            assert!(is_rust(&output), "{name}!({input}) expands to what is no Rust:\n{output}");
            assert!(!output.to_string().contains("__go_node"), "{name}!({input}) forgets a node:\n{output}");
        }
    }
    assert!(errors > 0 && errors < count, "{name}: {errors} of {count} have errors");
}

#[test]
fn go() {
    survives("go", crate::go::expand);
}

#[test]
fn chan() {
    survives("chan", crate::chan::expand);
}

#[test]
fn select() {
    survives("select", crate::select::expand);
}

#[test]
fn defer() {
    survives("defer", crate::defer::expand);
}

/// Expands `#[go::func]`.
fn func(item: &str) -> String {
    let item = item.parse().expect("tokens");
    crate::attr::expand(Attribute::Func, TokenStream::new(), item).to_string()
}

/// The text of tokens, as they are printed.
fn printed(tokens: &str) -> String {
    tokens.parse::<TokenStream>().expect("tokens").to_string()
}

/// The text without its white space, which depends on where tokens come from.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn a_function_that_defers_nothing_stays_as_it_is() {
    for item in [
        "async fn plain<'a, T: Clone>(a: &'a T, mut ch: Chan<T>) -> Option<T> where T: Send { ch.recv().await }",
        "pub(crate) async fn closures() { let f = || { defer!(a()); }; async { defer! { b(); } }.await; go! { defer!(c()); } }",
        "async fn nested() { async fn inner() { defer!(x()); } inner().await; }",
        "impl<T> Server<T> { const N: usize = 1; async fn serve(&self) {} fn sync(&self) { defer!(a()); } }",
        "trait Service { async fn call(&self) -> i32; async fn twice(&self) -> i32 { self.call().await * 2 } }",
        "async fn required(&self, jobs: Receiver<i32>) -> i32;",
    ] {
        assert_eq!(func(item), printed(item));
    }
}

#[test]
fn a_frame_around_what_defers() {
    let expected = "
        async fn run(n: i32) -> i32 {
            #[allow(unused_imports)] use ::go::__private::traits::*;
            let __go_frame0 = ::go::__private::Frame::<'_, i32>::new();
            __go_frame0.run(
                async {
                    #[allow(unreachable_code, clippy::all, clippy::pedantic)]
                    if false { let __go_result: i32 = loop {}; return __go_result; }
                    {
                        #[allow(unused_imports)] use ::go::__private::traits::*;
                        defer!(__go_nothing);
                        let __go_callee1 = {
                            #[allow(unused_imports)] use ::go::__private::traits::*;
                            (&&&::go::__private::Framed(&done)).__go_framed()
                        };
                        #[allow(unused_mut)]
                        let __go_operand2 = {
                            #[allow(unused_imports)] use ::go::__private::traits::*;
                            (&&&::go::__private::Keep(&n)).__go_keep()
                        };
                        let __go_target = ::go::__private::name_of_callee(&__go_callee1);
                        __go_frame0.defer(move |__go_deferred: ::go::__private::Deferred| async move {
                            let __go_result = __go_callee1(__go_operand2);
                            let __go_kind = (&&::go::__private::Called(&__go_result)).__go_kind();
                            __go_kind.finish_deferred(__go_deferred, __go_target, __go_result).await;
                        });
                    }
                    n + 1
                },
                || (&&&::go::__private::zero_of::<i32>()).__go_zero()
            ).await
        }";
    let expanded = func("async fn run(n: i32) -> i32 { defer!(done(n)); n + 1 }");
    assert_eq!(squeezed(&expanded), squeezed(expected));
}

/// Blocks of the dialect.
const BLOCKS: &[&str] = &[
    "import a::take; import a::Client::ask; static CH: Chan<i32> = chan!(i32); struct S { fn_: fn(i32) -> i32 } \
     impl<T> S { fn m(&self, x: T) -> Option<T> where T: Send { defer { recover(); } self.m(x)?; None } const fn c() {} }",
    "fn f(n: i32, out: Sender<i32>) { for i := range n { out <- i; } go f(n, out); go { f(1); } defer move n { n; } \
     'a: for v := range g() { select { case <-v: break 'a; default: } } for n < 3 { } for { } x := select { default: 1 }; }",
    "/// D\n #[x] pub(crate) static A, B: C<i32> = C::new(0); fn f(mut p: P) { 'a: for i, j := 0, g(); i < j; i++ { \
     if i > 1 { defer { p; i; } continue 'a } p.m(); j--; for ; ; { } } wg.go(f(p)); x.go(y, f(p).z()); mu.lock().unwrap(); }",
    "trait T { fn a(&self); fn b(&self) { self.a(); } } mod m { fn g() {} #[test] fn t() { g(); } } fn main() { m::g(); }",
];

#[test]
fn golang() {
    let intruders = intruders();
    for sample in BLOCKS {
        let tokens: Vec<TokenTree> = sample.parse::<TokenStream>().expect("the sample is tokens").into_iter().collect();
        for variant in variants(&tokens, &intruders) {
            let input: TokenStream = variant.into_iter().collect();
            let output = crate::golang::expand(input.clone());
            assert!(syn::parse2::<syn::File>(output.clone()).is_ok(), "golang!({input}) is no items:\n{output}");
            for forgotten in ["__go_node", "__go_body !", "__go_statement"] {
                assert!(!output.to_string().contains(forgotten), "golang!({input}) forgets {forgotten}:\n{output}");
            }
        }
    }
}

/// The tokens up to the one in the middle of typing, at any depth, with the groups around it closed.
fn truncated(tokens: &[TokenTree]) -> Vec<Vec<TokenTree>> {
    let mut all = Vec::new();
    for i in 0..=tokens.len() {
        all.push(tokens[..i].to_vec());
        if let Some(TokenTree::Group(group)) = tokens.get(i) {
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            for part in truncated(&inside) {
                let mut variant = tokens[..i].to_vec();
                variant.push(TokenTree::Group(Group::new(group.delimiter(), part.into_iter().collect())));
                all.push(variant);
            }
        }
    }
    all
}

#[test]
fn a_function_being_typed_leaves_the_others() {
    let before = "fn first(n: i32) -> i32 { n } struct S; impl S { fn m(&self) -> u8 { 1 } }";
    let body = "{ ch := chan!(i32); go f(1, ch); for i := 0; i < 3; i++ { g(i); } for v := range ch { defer ch.close(); select { case v := <-ch: x.y(v)?; \
                default: } } if let Some(r) = recover() { return Err(r) } out <- a[0].b; }";
    let body: Vec<TokenTree> = body.parse::<TokenStream>().expect("tokens").into_iter().collect();
    for part in truncated(&body) {
        let part: TokenStream = part.into_iter().collect();
        let typed: TokenStream =
            format!("{before} fn typed(out: Sender<i32>) -> Result<(), E> {part}").parse().expect("tokens");
        let output = crate::golang::expand(typed);
        let file =
            syn::parse2::<syn::File>(output.clone()).unwrap_or_else(|error| panic!("{part}: {error}:\n{output}"));
        let names: Vec<String> = file
            .items
            .iter()
            .filter_map(|item| match item {
                syn::Item::Fn(item) => Some(item.sig.ident.to_string()),
                _ => None,
            })
            .collect();
        let expected: &[&str] = if part.is_empty() { &["first"] } else { &["first", "typed"] };
        assert_eq!(names, expected, "{part}:\n{output}");
    }
}

#[test]
fn the_guide_names_what_waits() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/porting.md");
    let guide = std::fs::read_to_string(path).expect("the guide");
    let table = guide.split_once("| waits by itself |").expect("the table").1;
    let table = table.split_once("\n\n").expect("its end").0;
    let named: Vec<&str> = table.split('`').skip(1).step_by(2).collect();
    let methods = crate::syntax::METHODS.iter().map(|name| (*name).to_owned());
    let functions = crate::syntax::FUNCTIONS.iter().map(|(module, name)| format!("{module}::{name}"));
    let mut ours: Vec<String> = methods.chain(functions).collect();
    ours.sort();
    let mut theirs: Vec<&str> = named.into_iter().filter(|name| !name.contains([' ', '!'])).collect();
    theirs.sort_unstable();
    theirs.dedup();
    assert_eq!(theirs, ours, "the table in docs/guide/porting.md and `waits.rs` differ");
}

#[test]
fn functions() {
    for sample in SAMPLES {
        let tokens: Vec<TokenTree> =
            format!("async fn f() {{ {sample} }}").parse::<TokenStream>().expect("tokens").into_iter().collect();
        for variant in variants(&tokens, &intruders()) {
            let output = crate::attr::expand(Attribute::Func, TokenStream::new(), variant.into_iter().collect());
            assert!(!output.to_string().contains("__go_node"), "a node is forgotten:\n{output}");
        }
    }
}

#[test]
fn main_and_test() {
    for sample in SAMPLES {
        let tokens: Vec<TokenTree> = sample.parse::<TokenStream>().expect("the sample is tokens").into_iter().collect();
        for variant in variants(&tokens, &intruders()) {
            let input: TokenStream = variant.into_iter().collect();
            let _ = crate::attr::expand(Attribute::Main, TokenStream::new(), input.clone());
            let _ = crate::attr::expand(Attribute::Test, input, "async fn t() {}".parse().expect("a function"));
        }
    }
}
