import HandfastCore
import HandfastTrust

/// Java's JSSE and its PKIX validator.
extension PhraseBook {
  static let java: PhraseBook = {
    var book = PhraseBook(.java)
    addVerification(to: &book)
    addHandshake(to: &book)
    return book
  }()

  private static func addVerification(to book: inout PhraseBook) {
    book.judged(
      "unable to find valid certification path to requested target | PKIX path building failed", .issuerUnknown,
      .intermediateMissing, .certificateSelfSigned, .certificateExpired,
      says: "No path leads from the other side's leaf to a certificate in this program's trust store.",
      not:
        "Java says the same for a missing intermediate, a self-signed leaf and an expired root: \"requested target\" is no host name.",
      hint: "See which trust store is in use (javax.net.ssl.trustStore): it is seldom the one that was edited.")
    book.judged(
      "validity check failed | NotAfter:", .certificateExpired, .certificateNotYetValid, .clockWrong,
      says: "A certificate of the chain is outside of its dates.")
    book.judged(
      "CertificateNotYetValidException | NotBefore:", .certificateNotYetValid, .clockWrong,
      says: "A certificate of the chain is not valid yet, by this host's clock.")
    book.judged(
      "CertificateExpiredException", .certificateExpired, .clockWrong,
      says: "A certificate of the chain has expired.")
    book.judged(
      "No subject alternative names matching | No subject alternative DNS name matching | No name matching * found",
      .nameMismatch, by: .client, says: "The server's certificate does not list the name or address that was asked for."
    )
    book.judged(
      "No subject alternative names present", .nameMissing, .nameMismatch, by: .client,
      says: "The client connected to an IP address, and the certificate has no subjectAltName.")
    book.judged(
      "Extended key usage does not permit use for TLS client authentication", .purposeWrong, by: .server,
      says: "The client showed a certificate whose extendedKeyUsage lacks clientAuth.",
      not: "Mostly the client uses a server's certificate.")
    book.judged(
      "Extended key usage does not permit use for TLS server authentication", .purposeWrong, by: .client,
      says: "The server showed a certificate whose extendedKeyUsage lacks serverAuth.")
    book.judged(
      "KeyUsage does not allow digital signatures | KeyUsage does not allow key encipherment", .keyUsageWrong,
      says: "The leaf's keyUsage does not allow what the handshake needs.")
    book.judged(
      "Algorithm constraints check failed on keysize limits", .keyWeak,
      says: "A key in the chain is shorter than jdk.certpath.disabledAlgorithms allows.")
    book.judged(
      "Algorithm constraints check failed on signature algorithm | Algorithm constraints check failed", .signatureWeak,
      .keyWeak,
      says: "An algorithm in the chain is switched off by jdk.certpath.disabledAlgorithms, such as SHA-1.")
    book.judged("Certificate has been revoked", .certificateRevoked, says: "A CRL or an OCSP answer says so.")
    book.judged(
      "Unable to determine revocation status", .certificateRefused,
      says: "Revocation checking is on, and neither a CRL nor an OCSP answer could be had.",
      not: "It does not say that the certificate is revoked.")
    book.judged(
      "basic constraints check failed: this is not a CA certificate", .issuerNotAuthority,
      says: "A certificate that issued another one is no authority's.")
    book.judged(
      "basic constraints check failed: pathLenConstraint violated", .pathLengthExceeded,
      says: "There are more authorities in the chain than one of them allows.")
    book.judged(
      "signature check failed", .chainSignatureInvalid, .issuerNamesake,
      says: "A certificate's signature does not verify with its issuer's key.")
    book.own(
      "the trustAnchors parameter must be non-empty", .identityUnusable,
      says: "This program's trust store is empty, or its file was not found.",
      not: "The other side's certificate was not even looked at.")
    book.vague(
      "PKIX path validation failed", .judged, .certificateExpired, .signatureWeak, .chainSignatureInvalid,
      says: "A path to a trusted root was found, but something on it is not valid; the rest of the line says what.",
      not: "Unlike \"path building failed\" it is not about missing or unknown authorities.")
  }

  private static func addHandshake(to book: inout PhraseBook) {
    book.judged(
      "Empty client certificate chain | null cert chain | Empty server certificate chain", .clientCertificateMissing,
      .clientCertificateUnfit, by: .server,
      says: "The server needs a client certificate, and the client sent an empty list.",
      not:
        "The server did not refuse a certificate: it never saw one. To the client Java says bad_certificate, all the same."
    )
    book.judged(
      "no cipher suites in common", .cipherSuiteNotShared, .serverCertificateUnfit, .serverCertificateMissing,
      by: .server,
      says: "The server can use none of the client's cipher suites.",
      not: "Often the suites do agree: the server's key store holds no key for them, or could not be opened.")
    book.own(
      "No appropriate protocol (protocol is disabled or cipher suites are inappropriate)", .versionNotShared,
      .cipherSuiteNotShared,
      says: "This side's own configuration leaves no version with a suite: it did not even send a ClientHello.",
      not: "The other side has not said a word yet.")
    book.judged(
      "is not enabled or supported in server context | The client supported protocol versions * are not accepted by server preferences",
      .versionNotShared, by: .server, says: "The client's versions are not enabled on this server.")
    book.judged(
      "The server selected protocol version * is not accepted by client preferences", .versionNotShared, by: .client,
      says: "The server answered with a version that is not enabled here.")
    book.judged(
      "Unsupported or unrecognized SSL message | Unrecognized SSL message, plaintext connection?", .notTLS,
      says: "The other side's first bytes are no TLS.")
    book.refused(
      "Insufficient buffer remaining for AEAD cipher fragment (2)", .issuerUnknown, .nameMismatch, .certificateExpired,
      .recordDamaged, by: .server,
      says: "A record of two bytes came where an encrypted one was due: the size of an alert in clear.",
      not:
        "Nothing is damaged: an OpenSSL 3.0 client that refuses the server's certificate in TLS 1.3 sends its alert unencrypted.",
      hint: "Look into the client's log: it refused something, most likely the server's certificate.")
    book.judged(
      "Tag mismatch | Bad record MAC", .recordDamaged, .messagesChanged,
      says: "A record from the other side does not decrypt.")
    book.judged(
      "Invalid CertificateVerify signature | Invalid CertificateVerify message: invalid signature | Invalid ECDH ServerKeyExchange signature",
      .keyMismatch, .messagesChanged,
      says: "The other side's signature does not verify with the certificate that it showed.")
    book.ended(
      "Remote host terminated the handshake | Remote host closed connection during handshake | SSL peer shut down incorrectly",
      .peerClosed, .notTLS, says: "The other side closed the connection in the handshake, without an alert.",
      not: "It does not say that the other side is down: it may have refused a certificate and not said so.")
    book.ended(
      "Connection reset | Broken pipe", .peerClosed, .peerCanceled,
      says: "The other side had closed already when this one wrote or read.",
      not: "In TLS 1.3 a client often learns of its refusal in this way: the reset overtakes the alert.")
    book.ended("SocketTimeoutException | Read timed out", .peerSilent, says: "Nothing came in time.")
    book.own(
      "Cannot recover key | keystore password was incorrect", .signingFailed,
      says: "This side's key store or its key could not be opened: the password.")
    book.vague(
      "SSLHandshakeException", .unclear, .refusedWithoutReason,
      says: "The handshake failed; what follows on the line, or the last \"Caused by\", says why.",
      not:
        "Java throws it for its own refusals and for the other side's alike: \"Received fatal alert\" is the difference."
    )
  }
}
