//! A main function with arguments, a generic parameter, another name, and options.
#[go::main]
async fn main(args: Vec<String>) {
    println!("{args:?}");
}

mod other {
    #[go::main(workers = 2)]
    pub async fn start<T>() {}
}
