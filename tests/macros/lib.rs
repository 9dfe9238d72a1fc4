//! The attribute `#[support::test]`.

use proc_macro::{Delimiter, TokenStream, TokenTree};

/// Makes a function a test, by the path of its module and its own name.
///
/// `needs(..)` names the programs that it cannot run without, as `support::tools` finds them.
///
/// ```text
/// #[support::test]
/// fn a_broken_file_is_named() {}
///
/// #[support::test(needs("nginx", "docker-registry"))]
/// fn bob_is_refused_at_the_mirror() {}
/// ```
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, function: TokenStream) -> TokenStream {
    let registered = needs(arguments).and_then(|needs| {
        let name = name(function.clone()).ok_or("only a function can be a test")?;
        Ok(format!(
            "::support::inventory::submit! {{ ::support::harness::Trial::new(\
             ::core::concat!(::core::module_path!(), \"::\", ::core::stringify!({name})), \
             {name}, &[{needs}]) }}"
        ))
    });
    let registered =
        registered.unwrap_or_else(|wrong| format!("::core::compile_error!({wrong:?});"));
    let registered: TokenStream = registered.parse().unwrap_or_default();
    function.into_iter().chain(registered).collect()
}

/// What stands between the parentheses of `needs(..)`, nothing where there is no argument.
fn needs(arguments: TokenStream) -> Result<TokenStream, &'static str> {
    let arguments: Vec<TokenTree> = arguments.into_iter().collect();
    match &arguments[..] {
        [] => Ok(TokenStream::new()),
        [TokenTree::Ident(word), TokenTree::Group(list)]
            if word.to_string() == "needs" && list.delimiter() == Delimiter::Parenthesis =>
        {
            Ok(list.stream())
        }
        _ => Err("a test takes no argument but needs(\"PROGRAM\", ..)"),
    }
}

/// The word behind `fn`.
fn name(function: TokenStream) -> Option<String> {
    let mut tokens = function.into_iter();
    tokens.find(|token| matches!(token, TokenTree::Ident(word) if word.to_string() == "fn"))?;
    Some(tokens.next()?.to_string())
}
