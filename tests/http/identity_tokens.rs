//! An identity token, which the realm hands out for a password, takes its place.

use portunus_http::LoginAnswer;
use support::account::Account;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

const ALICE: &str = "alice";
const WONDER: &str = "wonder";

#[support::test]
fn an_identity_token_takes_the_place_of_the_password() {
    let registry = ProgrammableRegistry::bearer(&[Account::new(ALICE, WONDER)]);
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let answer = world
        .log_in("reg-a.test", &registry.address(), ALICE, WONDER)
        .unwrap();
    let LoginAnswer::Accepted {
        realm,
        identity_token,
        ..
    } = answer
    else {
        panic!("{answer:?}");
    };
    assert_eq!(realm, Some(format!("{}/token", registry.url())));
    let token = identity_token.unwrap();
    assert_eq!(token.username(), Some(ALICE));
    world.store_under(&registry.address(), &token, |_| {});
    registry.put_image("team/app", "v1", &support::image::Image::small("one"));
    registry.forget_requests();
    world.pull("reg-a.test/team/app:v1").unwrap();
    assert!(registry.requests_with(WONDER).is_empty());
    let grants: Vec<_> = registry
        .requests()
        .iter()
        .flat_map(|it| it.form_values("grant_type"))
        .collect();
    assert_eq!(grants, ["refresh_token"]);
}
