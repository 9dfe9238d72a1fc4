//! The attribute `#[support::test]`.

use proc_macro::{Delimiter, TokenStream, TokenTree};

/// Makes a function a test, by the path of its module and its own name.
///
/// `needs(..)` names the programs that it cannot run without, as `support::tools` finds them.
/// `waits` is for one that takes seconds in which it hardly uses a processor: it runs beside the
/// others. `long` is for one that works for seconds: it begins before them.
///
/// ```text
/// #[support::test]
/// fn a_broken_file_is_named() {}
///
/// #[support::test(needs("nginx", "docker-registry"))]
/// fn bob_is_refused_at_the_mirror() {}
///
/// #[support::test(waits, needs("strace"))]
/// fn a_helper_that_hangs_is_given_up() {}
/// ```
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, function: TokenStream) -> TokenStream {
    let registered = read(arguments).and_then(|Arguments { needs, kind }| {
        let name = name(function.clone()).ok_or("only a function can be a test")?;
        Ok(format!(
            "::support::inventory::submit! {{ ::support::harness::Trial::new(\
             ::core::concat!(::core::module_path!(), \"::\", ::core::stringify!({name})), \
             {name}, &[{needs}], ::support::turns::Kind::{kind}) }}"
        ))
    });
    let registered =
        registered.unwrap_or_else(|wrong| format!("::core::compile_error!({wrong:?});"));
    let registered: TokenStream = registered.parse().unwrap_or_default();
    function.into_iter().chain(registered).collect()
}

/// What stands behind the attribute's name.
struct Arguments {
    /// What stands between the parentheses of `needs(..)`, nothing where it is not there.
    needs: TokenStream,
    kind: &'static str,
}

fn read(arguments: TokenStream) -> Result<Arguments, &'static str> {
    let mut read = Arguments {
        needs: TokenStream::new(),
        kind: "Short",
    };
    let arguments: Vec<TokenTree> = arguments.into_iter().collect();
    for argument in arguments.split(|token| matches!(token, TokenTree::Punct(it) if *it == ',')) {
        match argument {
            [] => {}
            [TokenTree::Ident(word)] if word.to_string() == "waits" => read.kind = "Waits",
            [TokenTree::Ident(word)] if word.to_string() == "long" => read.kind = "Long",
            [TokenTree::Ident(word), TokenTree::Group(list)]
                if word.to_string() == "needs" && list.delimiter() == Delimiter::Parenthesis =>
            {
                read.needs = list.stream();
            }
            _ => return Err("a test takes no argument but waits, long and needs(\"PROGRAM\", ..)"),
        }
    }
    Ok(read)
}

/// The word behind `fn`.
fn name(function: TokenStream) -> Option<String> {
    let mut tokens = function.into_iter();
    tokens.find(|token| matches!(token, TokenTree::Ident(word) if word.to_string() == "fn"))?;
    Some(tokens.next()?.to_string())
}
