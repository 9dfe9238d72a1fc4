//! The questions and answers of `session/auth/auth.proto`, as a builder has them.

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct HostQuestion {
    #[prost(string, tag = "1")]
    pub(crate) host: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Password {
    #[prost(string, tag = "1")]
    pub(crate) username: String,
    #[prost(string, tag = "2")]
    pub(crate) secret: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct TokenQuestion {
    #[prost(string, tag = "1")]
    pub(crate) client_id: String,
    #[prost(string, tag = "2")]
    pub(crate) host: String,
    #[prost(string, tag = "3")]
    pub(crate) realm: String,
    #[prost(string, tag = "4")]
    pub(crate) service: String,
    #[prost(string, repeated, tag = "5")]
    pub(crate) scopes: Vec<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Token {
    #[prost(string, tag = "1")]
    pub(crate) token: String,
    #[prost(int64, tag = "2")]
    pub(crate) expires_in: i64,
    #[prost(int64, tag = "3")]
    pub(crate) issued_at: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct AuthorityQuestion {
    #[prost(string, tag = "1")]
    pub(crate) host: String,
    #[prost(bytes, tag = "2")]
    pub(crate) salt: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct ProofQuestion {
    #[prost(string, tag = "1")]
    pub(crate) host: String,
    #[prost(bytes, tag = "2")]
    pub(crate) payload: Vec<u8>,
    #[prost(bytes, tag = "3")]
    pub(crate) salt: Vec<u8>,
}

/// A public key, or a signed payload.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Bytes {
    #[prost(bytes, tag = "1")]
    pub(crate) bytes: Vec<u8>,
}
