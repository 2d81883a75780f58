//! A certificate for `localhost`, signed by an authority that exists for one run.

use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::failure::{Failure, IoContext};

/// The paths of its files, as PEM.
#[derive(Debug)]
pub(crate) struct LocalhostCertificate {
    /// The authority's certificate, which clients must trust.
    pub(crate) authority: PathBuf,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl LocalhostCertificate {
    /// Creates the three files in `directory`.
    pub(crate) fn create(directory: &Path) -> Result<Self, Failure> {
        let pem = pem().map_err(std::io::Error::other).context("making a certificate")?;
        let [authority, certificate, key] =
            ["authority.pem", "certificate.pem", "key.pem"].map(|name| directory.join(name));
        for (path, text) in [&authority, &certificate, &key].into_iter().zip(pem) {
            std::fs::write(path, text).context("keeping a certificate")?;
        }
        Ok(Self { authority, certificate, key })
    }
}

/// An authority, a certificate of it, and that certificate's key.
fn pem() -> Result<[String; 3], rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let params = CertificateParams::new(vec!["localhost".to_owned()])?;
    let certificate = params.signed_by(&key, &authority)?;
    Ok([authority.pem(), certificate.pem(), key.serialize_pem()])
}
