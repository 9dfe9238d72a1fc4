use std::net::IpAddr;

use portunus::authorizer::{Errand, ErrandStep, HandedToken, Method, Next, Target};
use portunus::token::trust::AddressClass;
use url::Url;

use crate::outcome::Outcome;
use crate::wire::client::Client;
use crate::wire::request::Request;

impl Client {
    /// Gets a token for somebody who asks a host in our stead. Only the realm is asked.
    ///
    /// # Errors
    /// Where the realm gives none, cannot be asked, or may not be.
    pub async fn run_errand(&self, errand: &mut Errand) -> Result<HandedToken, Outcome> {
        let clock = &self.options().clock;
        if let Some(address) = self.address_of(errand).await {
            errand.note_address(address);
        }
        // A token request is whole as the machine gives it.
        let nothing_more = Request::to(Method::Get, Target::Door);
        loop {
            let sending = match errand.next(clock.now())? {
                ErrandStep::Token(token) => return Ok(token),
                ErrandStep::Go(Next::Send(sending)) => sending,
                ErrandStep::Go(Next::Wait(ticket)) => {
                    ticket.await;
                    continue;
                }
                ErrandStep::Go(Next::Work(work)) => {
                    let done = tokio::task::spawn_blocking(move || work.run()).await;
                    done.map_err(|_| Outcome::bad_content("a credential source panicked"))?;
                    continue;
                }
            };
            match self.carry(&sending, &nothing_more).await {
                Ok(received) => errand.answered(&received, clock.now())?,
                Err(trouble) => errand.failed(trouble)?,
            }
        }
    }

    /// An address of the host, which nobody has connected to. Of several a public one: who can be
    /// reached by anybody may send nobody into a private network.
    async fn address_of(&self, errand: &Errand) -> Option<IpAddr> {
        let url = Url::parse(&errand.host()?.to_string()).ok()?;
        if self.options().proxies.concern(&url) {
            return None;
        }
        let name = url.host_str()?.trim_matches(['[', ']']);
        let port = url.port_or_known_default()?;
        let found = tokio::net::lookup_host((name, port)).await.ok()?;
        let found: Vec<IpAddr> = found.map(|address| address.ip()).collect();
        let is_public = |address: &&IpAddr| AddressClass::of(**address) == AddressClass::Public;
        found
            .iter()
            .find(is_public)
            .or_else(|| found.first())
            .copied()
    }
}
