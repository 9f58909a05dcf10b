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
