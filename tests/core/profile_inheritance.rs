//! Whether a named profile sees the entries of the default one.

use portunus::name::{ImageReference, Profile};
use portunus::resolve::Operation;

use crate::worlds::{candidates, resolver};

#[support::test]
fn a_named_profile_sees_its_own_entries_unless_it_inherits() {
    let root = tempfile::tempdir().unwrap();
    let reference = ImageReference::parse("reg-a.test/app").unwrap();
    let ci = Profile::new("ci").unwrap();
    for (inherit, expected) in [
        (false, vec!["reg-a.test?profile=ci"]),
        (
            true,
            vec!["reg-a.test?profile=ci", "reg-a.test?path=app", "reg-a.test"],
        ),
    ] {
        let keys = ["reg-a.test", "reg-a.test?profile=ci", "reg-a.test?path=app"];
        let resolver = resolver(root.path(), "", &keys).inheriting(inherit);
        let plan = resolver.resolve(&reference, Operation::Pull, &ci).unwrap();
        assert_eq!(candidates(&plan)[0], expected);
    }
}
