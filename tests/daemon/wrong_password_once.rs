//! A wrong password is sent once, and containerd is told nothing of it.

use portunus::resolve::Operation;
use portunus::token::trust::TrustPolicy;
use portunus_containerd::Answers;
use portunus_http::{ChosenAnswer, HostFailure, Outcome};
use worlds::login::WRONG;
use worlds::wrong_password::{both, world_of_paths};

const IMAGE: &str = "reg-a.test/team/app:v1";

#[support::test]
fn what_three_paths_of_one_host_are_shown_is_sent_once() {
    for registry in both() {
        let world = world_of_paths(&registry).with_login(&registry.address(), "alice", WRONG);
        world.pull(IMAGE).unwrap_err();
        assert_eq!(registry.requests_with(WRONG).len(), 1);
        registry.forget_requests();
        let operation = world.prepare(IMAGE, Operation::Pull);
        let choices = world.block_on(world.client().choose(&operation));
        assert_eq!(registry.requests_with(WRONG).len(), 1);
        let shown = choices.iter().map(|host| host.choice().shown.len());
        assert_eq!(shown.sum::<usize>(), 1, "{choices:?}");
        // containerd cannot tell the paths apart, and all of them are told the same: nothing.
        Answers::from_choices(&choices, &TrustPolicy::default()).unwrap();
        for choice in choices.iter().map(|host| host.choice()) {
            assert_eq!(choice.rejected.len(), 1, "{choice:?}");
            assert!(
                matches!(
                    choice.answer,
                    ChosenAnswer::Failed(Outcome::Host(HostFailure::Rejected { .. }))
                ),
                "{choice:?}"
            );
            assert_eq!(choice.warnings.len(), 1, "{:?}", choice.warnings);
        }
    }
}
