use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use portunus::authorizer::Ledger;
use portunus::name::{Authority, Profile};
use portunus::resolve::PreparedOperation;
use portunus_http::Client;
use ring::hmac;
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use crate::answers::host_view::HostView;
use crate::answers::note::BuildNote;
use crate::answers::notes::Notes;
use crate::answers::refused::Refused;
use crate::answers::seat::Seat;
use crate::answers::settings::{BuildSettings, TokensBy};

/// How often a builder is given something. A build of a hundred images asks some hundred times.
const MOST_ANSWERS: u32 = 4096;

/// Who answers the builder of one session.
pub(crate) struct Desk {
    pub(super) operations: Vec<PreparedOperation>,
    pub(super) ledger: Ledger,
    pub(super) client: Client,
    pub(super) profile: Profile,
    pub(super) tokens: TokensBy,
    pub(super) no_mount: bool,
    pub(super) seed: Zeroizing<[u8; 32]>,
    pub(super) notes: Notes,
    views: Mutex<HashMap<Authority, Arc<OnceCell<HostView>>>>,
    answers: AtomicU32,
}

impl Desk {
    pub(super) fn new(
        operations: Vec<PreparedOperation>,
        ledger: Ledger,
        client: Client,
        settings: BuildSettings,
        seed: Zeroizing<[u8; 32]>,
    ) -> Self {
        let BuildSettings {
            profile,
            tokens,
            no_mount,
            listener,
            name: _,
        } = settings;
        Self {
            operations,
            ledger,
            client,
            profile,
            tokens,
            no_mount,
            seed,
            notes: Notes::new(listener),
            views: Mutex::default(),
            answers: AtomicU32::new(0),
        }
    }

    /// What this side would show at a host.
    pub(super) async fn view(self: &Arc<Self>, host: &str) -> Result<HostView, Refused> {
        let Some(known) = self.known(host) else {
            self.notes.add(BuildNote::Stray {
                host: host.to_owned(),
            });
            return Err(Refused::Stray(host.to_owned()));
        };
        let cell = {
            let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(views.entry(known).or_default())
        };
        let looked = cell.get_or_try_init(|| async {
            let (desk, host) = (Arc::clone(self), host.to_owned());
            // A helper process or a keyring may take its time.
            let looking = tokio::task::spawn_blocking(move || desk.look(&host));
            looking.await.map_err(|_| Refused::Panicked)
        });
        looked.await.cloned()
    }

    /// The images that come from a host, or go there. Builders call a host as their own
    /// configuration does, which may name the usual port.
    pub(super) fn seats(&self, host: &str) -> Vec<Seat<'_>> {
        let asked = Authority::parse(host).ok();
        let all = self.operations.iter().flat_map(Seat::of);
        let is_meant = |seat: &Seat<'_>| {
            let attempt = seat.prepared.attempt();
            let same = attempt.authority.is_some() && attempt.authority == asked;
            attempt.host.host == host || same
        };
        all.filter(is_meant).collect()
    }

    /// Counts an answer.
    pub(super) fn count(&self) -> Result<(), Refused> {
        if self.answers.fetch_add(1, Ordering::Relaxed) < MOST_ANSWERS {
            return Ok(());
        }
        self.answers.store(MOST_ANSWERS, Ordering::Relaxed);
        self.notes.add(BuildNote::Exhausted);
        Err(Refused::Exhausted)
    }

    pub(super) fn note_ambiguous(&self, host: &str, view: &HostView) -> Refused {
        self.notes.add(BuildNote::Ambiguous {
            host: host.to_owned(),
            registry_namespaces: view.registry_namespaces.clone(),
        });
        Refused::Ambiguous(host.to_owned())
    }

    fn known(&self, host: &str) -> Option<Authority> {
        let seats = self.seats(host);
        seats.first()?.prepared.attempt().authority.clone()
    }

    fn look(&self, host: &str) -> HostView {
        let trust = &self.client.options().trust;
        let seats = self.seats(host).into_iter().map(|seat| {
            let held = seat.fetch(trust, |message| {
                self.notes.add(BuildNote::Warning {
                    host: host.to_owned(),
                    message,
                });
            });
            (seat, held)
        });
        let seats: Vec<_> = seats.collect();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &*self.seed);
        HostView::new(&seats, &key)
    }
}
