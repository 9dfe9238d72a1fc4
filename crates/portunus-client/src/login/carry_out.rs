use portunus::credential::Credential;
use portunus::token::trust::RefusalKind;
use portunus_http::{Client, Error, ErrorKind, LoginAnswer, Warning};

use crate::error::ClientError;
use crate::error::unusable_credential::UnusableCredential;
use crate::http;
use crate::login::log_in::LoginReport;
use crate::login::person::{LoginError, LoginEvent, LoginPerson};
use crate::login::{Login, Offered, Verified};

/// What the host accepted: an identity token, where it gave one.
struct Accepted {
    credential: Credential,
    verified: Verified,
    notes: Vec<Warning>,
}

impl Login<'_> {
    /// Does it: takes the given credential, else the stored one, else what the person says; has the
    /// host accept it, unless the request says otherwise; keeps it where it belongs. Where the host
    /// names a realm that the rules do not trust with the secret, or does not take what was stored,
    /// the person is asked.
    ///
    /// # Errors
    /// Where the host does not accept the credential or asks for none, no store takes it, or an
    /// answer is missing. Then nothing is stored.
    pub fn carry_out<P: LoginPerson>(
        &mut self,
        given: Option<Credential>,
        person: &mut P,
    ) -> Result<LoginReport, LoginError<P::Error>> {
        // What cannot be stored is not asked for, nor shown to a host.
        self.choose_store()?;
        let offered = self.obtain(given, person)?;
        let (credential, verified, notes) = match self.request.verify {
            true => {
                let accepted = self.have_accepted(offered, person)?;
                let Accepted {
                    credential,
                    verified,
                    notes,
                } = accepted;
                (credential, Some(verified), notes)
            }
            false => (offered.credential, None, Vec::new()),
        };
        let stored = self.store(&credential, verified.clone())?;
        let stores = self.settings.stores()?;
        Ok(LoginReport {
            key: self.key.clone(),
            host: self.at.host.clone(),
            username: credential.username().map(str::to_owned),
            location: stored.location,
            verified,
            is_listed: self.at.is_listed,
            warnings: stored.warnings,
            preceded_by: stores.find_preceding(&self.key),
            notes,
        })
    }

    /// What is offered to the host first.
    fn obtain<P: LoginPerson>(
        &self,
        given: Option<Credential>,
        person: &mut P,
    ) -> Result<Offered, LoginError<P::Error>> {
        if let Some(given) = given {
            if self.request.verify {
                UnusableCredential::refuse(&given).map_err(ClientError::from)?;
            }
            return Ok(Offered::new(given));
        }
        if self.request.username.is_none()
            && let Some(stored) = self.find_stored()?
        {
            person.observe(self, LoginEvent::UsesStored(&stored));
            return Ok(stored);
        }
        match person.is_there() {
            true => self.ask(person),
            false => Err(ClientError::NobodyToAsk(Box::new(self.key.clone())).into()),
        }
    }

    fn ask<P: LoginPerson>(&self, person: &mut P) -> Result<Offered, LoginError<P::Error>> {
        let credential = person.credential(self).map_err(LoginError::Person)?;
        Ok(Offered::new(credential))
    }

    fn have_accepted<P: LoginPerson>(
        &mut self,
        mut offered: Offered,
        person: &mut P,
    ) -> Result<Accepted, LoginError<P::Error>> {
        let client = http::client(self.settings)?;
        loop {
            person.observe(self, LoginEvent::Asking);
            let answer = http::block_on(self.verify(&offered.credential, &client))?;
            person.observe(self, LoginEvent::Answered);
            match answer {
                Ok(LoginAnswer::Accepted {
                    realm,
                    identity_token,
                    warnings,
                    ..
                }) => {
                    let realm = realm.or_else(|| self.trusted_realm.clone());
                    return Ok(Accepted {
                        credential: identity_token.unwrap_or(offered.credential),
                        verified: Verified::new((self.settings.environment().now)(), realm),
                        notes: warnings,
                    });
                }
                Ok(_) => return Err(ClientError::OpenHost(self.at.host.host.clone()).into()),
                Err(error) => offered = self.try_again(error, offered, &client, person)?,
            }
        }
    }

    /// What the next try is made with, after the person has trusted a realm or given another
    /// credential.
    fn try_again<P: LoginPerson>(
        &mut self,
        error: Error,
        offered: Offered,
        client: &Client,
        person: &mut P,
    ) -> Result<Offered, LoginError<P::Error>> {
        if let Some(realm) = self.ask_trust(&error, client, person)? {
            self.trusted_realm = Some(realm);
            return Ok(offered);
        }
        let rejected = offered.location;
        let Some(location) = rejected.filter(|_| error.kind == ErrorKind::Rejected) else {
            return Err(ClientError::from(Box::new(error)).into());
        };
        if !person.is_there() {
            let (key, error) = (Box::new(self.key.clone()), Box::new(error));
            return Err(ClientError::StoredRejected {
                key,
                location,
                error,
            }
            .into());
        }
        person.observe(self, LoginEvent::StoredRejected(&location));
        self.ask(person)
    }

    /// The URL of a foreign realm that the person trusts.
    fn ask_trust<P: LoginPerson>(
        &self,
        error: &Error,
        client: &Client,
        person: &mut P,
    ) -> Result<Option<String>, LoginError<P::Error>> {
        let mut refused = error.hosts.iter().filter_map(|it| it.outcome.refusal());
        let refused = refused.find(|refusal| refusal.kind == RefusalKind::ForeignRealm);
        let asks = self.trusted_realm.is_none() && person.is_there();
        let Some(refusal) = refused.filter(|_| asks) else {
            return Ok(None);
        };
        person.observe(self, LoginEvent::Asking);
        let realm = http::block_on(self.ask_realm(client))?;
        person.observe(self, LoginEvent::Answered);
        let Some(realm) = realm else {
            return Ok(None);
        };
        let trusts = person.trusts(&realm, refusal);
        Ok(trusts.map_err(LoginError::Person)?.then_some(realm))
    }
}
