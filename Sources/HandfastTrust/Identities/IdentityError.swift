public import HandfastCore

/// Why a chain and a key make no identity. Each case names the problem and the way out.
@nonexhaustive public enum IdentityError: Error, Hashable, Sendable {
  case pemTooLarge(byteCount: Int, limit: Int)
  case malformedPEM(String)
  case noCertificate
  case tooManyCertificates(count: Int, limit: Int)
  case unreadableCertificate(position: Int, reason: String)
  /// The certificate at `position` does not come from the one after it.
  case chainOutOfOrder(position: Int, issuer: String, next: String)
  /// The leaf's key is of a kind that this library cannot use.
  case unsupportedCertificateKey(String)
  case noPrivateKey
  case severalPrivateKeys(count: Int)
  /// It takes a passphrase, and none was passed.
  case encryptedPrivateKey
  case wrongPassphrase
  /// Encrypted in a way that this library does not read.
  case unsupportedEncryption(String)
  /// Encrypted by PEM headers (RFC 1421), with a key from one round of MD5.
  case legacyEncryptedPrivateKey
  case unsupportedPrivateKey(String)
  case keyDoesNotBelongToCertificate(key: KeyKind, certificate: KeyKind, subject: String)
}

extension IdentityError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .pemTooLarge(let count, let limit):
      "the PEM text has \(count) bytes, more than the \(limit) that are read: pass one chain and one key"
    case .malformedPEM(let problem): "the PEM text is damaged: \(problem); export it again"
    case .noCertificate:
      "there is no certificate: pass PEM with a CERTIFICATE block, the own certificate first, then its issuers"
    case .tooManyCertificates(let count, let limit):
      "the chain has \(count) certificates, more than \(limit): pass the own certificate and its intermediates only"
    case .unreadableCertificate(let position, let reason):
      "certificate \(position) of the chain cannot be read (\(reason)): export it again as X.509, DER or PEM"
    case .chainOutOfOrder(let position, let issuer, let next):
      "certificate \(position) was issued by \(issuer), but \(next) follows: order the chain from the own certificate up"
    case .unsupportedCertificateKey(let key):
      "the certificate holds a key of kind \(key), which TLS 1.2 cannot use here: have one issued for ECDSA P-256, P-384, P-521, RSA from 2048 bits or Ed25519"
    case .noPrivateKey:
      "there is no private key: pass PEM with a PRIVATE KEY, EC PRIVATE KEY or RSA PRIVATE KEY block"
    case .severalPrivateKeys(let count): "there are \(count) private keys: pass the one that belongs to the certificate"
    case .encryptedPrivateKey: "the private key is encrypted: pass its passphrase"
    case .wrongPassphrase: "the passphrase does not open the private key: pass the one it was encrypted with"
    case .unsupportedEncryption(let what):
      "the private key is encrypted in a way not read here (\(what)): "
        + "convert it with 'openssl pkcs8 -topk8 -in key.pem -out new.pem'"
    case .legacyEncryptedPrivateKey:
      "the private key is encrypted the old way (Proc-Type: 4,ENCRYPTED), which is weak: "
        + "convert it with 'openssl pkcs8 -topk8 -in key.pem -out new.pem'"
    case .unsupportedPrivateKey(let what):
      "the private key cannot be used (\(what)): use ECDSA P-256, P-384, P-521, RSA from 2048 bits or Ed25519, as PKCS#8"
    case .keyDoesNotBelongToCertificate(let key, let certificate, let subject):
      "the private key (\(key)) does not belong to the certificate of \(subject) (\(certificate)): pass the key it was issued for"
    }
  }
}
