use crate::Refusal;

/// Why a request brought no answer. None of the texts contains content, keys or paths.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    /// It never left.
    #[error("{0}")]
    Blocked(Refusal),
    /// It was under way when the door closed or the consent was withdrawn.
    #[error("The request was stopped on the way. {0}")]
    Closed(Refusal),
    /// The ledger could not be written, so nothing left.
    #[error("The ledger could not be written, so nothing was sent.")]
    Ledger,
    /// No connection to the host.
    #[error("No connection to {host}.")]
    Connect {
        /// The host as people read it.
        host: String,
    },
    /// The name of the host is unknown.
    #[error("The name {host} could not be found.")]
    Dns {
        /// The host as people read it.
        host: String,
    },
    /// No trusted encrypted connection.
    #[error("No trusted encrypted connection to {host}: {why}.")]
    Tls {
        /// The host as people read it.
        host: String,
        /// What was not to be trusted.
        why: Distrust,
    },
    /// No answer in time.
    #[error("{host} did not answer in time.")]
    Timeout {
        /// The host as people read it.
        host: String,
    },
    /// The answer pointed elsewhere; it was not followed.
    #[error("The server pointed to another address{}; it was not followed.", at(.host))]
    Redirect {
        /// The host it pointed to, where it was readable.
        host: Option<String>,
    },
    /// The connection broke before the answer was complete.
    #[error("The connection broke before the answer was complete.")]
    Interrupted,
    /// The caller cancelled.
    #[error("The request was stopped.")]
    Cancelled,
    /// The answer was larger than allowed.
    #[error("The answer was larger than {limit} bytes and was not read further.")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The answer came in an encoding nobody asked for.
    #[error("The server answered in an encoding that was not asked for.")]
    Encoding,
    /// The server answered something that is not HTTP.
    #[error("The server did not answer in HTTP.")]
    Protocol,
    /// The key holds characters that no HTTP header may hold.
    #[error("The key holds characters that cannot be sent; paste it again without spaces.")]
    CredentialUnusable,
    /// A part of the path was empty or a dot.
    #[error("The request names nothing that could be asked for.")]
    InvalidParameter,
    /// The operating system gave no random bytes, so there is no request id.
    #[error("The operating system gave no random numbers.")]
    NoRandomness,
    /// There is no service in this process.
    #[error("The sandbox is not available.")]
    NoService,
}

/// Why an encrypted connection did not come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Distrust {
    /// Nobody whom this computer trusts vouches for the certificate.
    #[error("nobody this computer trusts vouches for its certificate")]
    Issuer,
    /// The certificate is not valid yet, or no more.
    #[error("its certificate is not valid today")]
    Dates,
    /// The certificate is for another name.
    #[error("its certificate belongs to another name")]
    Name,
    /// The server does not encrypt, or not in a way that is still safe.
    #[error("it does not encrypt in a way that is safe")]
    Encryption,
}

impl Distrust {
    /// A stable code for machines and translations.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Issuer => "remote_untrusted",
            Self::Dates => "remote_certificate_dates",
            Self::Name => "remote_certificate_name",
            Self::Encryption => "remote_not_encrypted",
        }
    }
}

impl From<&rustls::Error> for Distrust {
    fn from(error: &rustls::Error) -> Self {
        use rustls::CertificateError as Certificate;
        match error {
            rustls::Error::InvalidCertificate(certificate) => match certificate {
                Certificate::Expired
                | Certificate::ExpiredContext { .. }
                | Certificate::NotValidYet
                | Certificate::NotValidYetContext { .. } => Self::Dates,
                Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                    Self::Name
                }
                _ => Self::Issuer,
            },
            _ => Self::Encryption,
        }
    }
}

fn at(host: &Option<String>) -> String {
    host.as_ref()
        .map(|host| format!(" ({host})"))
        .unwrap_or_default()
}

impl EgressError {
    /// The host that the sentence names.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        match self {
            Self::Connect { host }
            | Self::Dns { host }
            | Self::Tls { host, .. }
            | Self::Timeout { host } => Some(host),
            Self::Redirect { host } => host.as_deref(),
            _ => None,
        }
    }

    /// A stable code for machines and translations.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Blocked(refusal) | Self::Closed(refusal) => refusal.code(),
            Self::Ledger => Refusal::LedgerUnavailable.code(),
            Self::Connect { .. } => "remote_unreachable",
            Self::Dns { .. } => "remote_name_unknown",
            Self::Tls { why, .. } => why.code(),
            Self::Timeout { .. } => "remote_timeout",
            Self::Redirect { .. } => "remote_redirect",
            Self::Interrupted => "remote_interrupted",
            Self::Cancelled => "cancelled",
            Self::TooLarge { .. } => "remote_too_large",
            Self::Encoding | Self::Protocol => "remote_unexpected_answer",
            Self::CredentialUnusable => "credential_unusable",
            Self::InvalidParameter => "invalid_parameter",
            Self::NoRandomness => "no_randomness",
            Self::NoService => "no_service",
        }
    }
}
