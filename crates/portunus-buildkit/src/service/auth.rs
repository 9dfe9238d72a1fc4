use std::sync::Arc;

use portunus::authorizer::HostFailure;
use portunus::credential::Credential;
use tonic::{Request, Response, Status};

use crate::answers::desk::Desk;
use crate::answers::refused::Refused;
use crate::answers::session::BuildSession;
use crate::answers::token::TokenQuestion;
use crate::proto::auth::auth_server::{Auth, AuthServer};
use crate::proto::auth::{
    CredentialsRequest, CredentialsResponse, FetchTokenRequest, FetchTokenResponse,
    GetTokenAuthorityRequest, GetTokenAuthorityResponse, VerifyTokenAuthorityRequest,
    VerifyTokenAuthorityResponse,
};

/// No question is longer.
const LONGEST_MESSAGE: usize = 64 << 10;

/// What a builder takes for the lifetime of a token whose realm tells none
/// (`session/auth/authprovider`).
const LIFETIME: i64 = 60;

/// The service `moby.filesync.v1.Auth` of a session.
pub(super) struct AuthCalls {
    desk: Arc<Desk>,
}

impl AuthCalls {
    pub(super) fn server(session: &BuildSession) -> AuthServer<Self> {
        let desk = Arc::clone(&session.desk);
        AuthServer::new(Self { desk }).max_decoding_message_size(LONGEST_MESSAGE)
    }
}

#[tonic::async_trait]
impl Auth for AuthCalls {
    async fn credentials(
        &self,
        request: Request<CredentialsRequest>,
    ) -> Result<Response<CredentialsResponse>, Status> {
        let host = request.into_inner().host;
        let (username, secret) = match self.desk.password(&host).await {
            Ok(Some(Credential::Password { username, password })) => (username, Some(password)),
            Ok(Some(Credential::IdentityToken { token, .. })) => (String::new(), Some(token)),
            Ok(_) | Err(Refused::Stray(_) | Refused::Ambiguous(_) | Refused::Exhausted) => {
                (String::new(), None)
            }
            Err(refused) => return Err(status(&refused)),
        };
        let secret = secret.map_or_else(String::new, |secret| secret.expose().to_owned());
        Ok(Response::new(CredentialsResponse { username, secret }))
    }

    async fn fetch_token(
        &self,
        request: Request<FetchTokenRequest>,
    ) -> Result<Response<FetchTokenResponse>, Status> {
        let FetchTokenRequest {
            client_id: _,
            host,
            realm,
            service,
            scopes,
        } = request.into_inner();
        let question = TokenQuestion {
            host,
            realm,
            service,
            scopes,
        };
        let token = self.desk.token(&question).await;
        let token = token.map_err(|refused| status(&refused))?;
        let seconds = |it: std::time::Duration| i64::try_from(it.as_secs()).unwrap_or(i64::MAX);
        Ok(Response::new(FetchTokenResponse {
            token: token.value.expose().to_owned(),
            // 0 would be taken for a minute.
            expires_in: token.lifetime.map_or(LIFETIME, seconds).max(1),
            // Now.
            issued_at: 0,
        }))
    }

    async fn get_token_authority(
        &self,
        request: Request<GetTokenAuthorityRequest>,
    ) -> Result<Response<GetTokenAuthorityResponse>, Status> {
        let GetTokenAuthorityRequest { host, salt } = request.into_inner();
        let authenticity = self.desk.authenticity(&host, &salt).await;
        let public_key = authenticity
            .map_err(|refused| status(&refused))?
            .public_key();
        Ok(Response::new(GetTokenAuthorityResponse { public_key }))
    }

    async fn verify_token_authority(
        &self,
        request: Request<VerifyTokenAuthorityRequest>,
    ) -> Result<Response<VerifyTokenAuthorityResponse>, Status> {
        let VerifyTokenAuthorityRequest {
            host,
            payload,
            salt,
        } = request.into_inner();
        let authenticity = self.desk.authenticity(&host, &salt).await;
        let signed = authenticity.and_then(|it| it.sign(&payload));
        let signed = signed.map_err(|refused| status(&refused))?;
        Ok(Response::new(VerifyTokenAuthorityResponse { signed }))
    }
}

/// `Unavailable` has a builder ask for a password in place of an authority
/// (`session/auth/auth.go`), which is answered with nothing where there is nothing to give.
fn status(refused: &Refused) -> Status {
    let text = refused.to_string();
    match refused {
        Refused::NotHere | Refused::Stray(_) | Refused::Ambiguous(_) => Status::unavailable(text),
        Refused::Realm | Refused::Scopes | Refused::TooLong => Status::invalid_argument(text),
        Refused::Exhausted => Status::resource_exhausted(text),
        Refused::NoToken(_, outcome) => match outcome.failure() {
            Some(HostFailure::NotLoggedIn { .. } | HostFailure::Rejected { .. }) => {
                Status::unauthenticated(text)
            }
            _ => Status::permission_denied(text),
        },
        Refused::Panicked => Status::internal(text),
    }
}
