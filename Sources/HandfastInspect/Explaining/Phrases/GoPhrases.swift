import HandfastCore
import HandfastTrust

/// Go's crypto/tls and crypto/x509.
extension PhraseBook {
  static let go: PhraseBook = {
    var book = PhraseBook(.go)
    addVerification(to: &book)
    addHandshake(to: &book)
    return book
  }()

  private static func addVerification(to book: inout PhraseBook) {
    book.judged(
      "x509: certificate signed by unknown authority (possibly because of * while trying to verify candidate authority certificate",
      .issuerNamesake, .chainSignatureInvalid,
      says: "There is a trusted authority of the right name, but its key did not sign this chain.",
      not: "The authority is not unknown at all: its name was found, and another key under it.")
    book.judged(
      "x509: certificate signed by unknown authority", .issuerUnknown, .intermediateMissing, .certificateSelfSigned,
      says: "No path leads from the other side's leaf to a root that is trusted here.",
      not: "Go says the same for a missing intermediate, a self-signed leaf and a root that is not configured.")
    book.judged(
      "x509: certificate has expired or is not yet valid: current time * is after", .certificateExpired, .clockWrong,
      says: "A certificate of the chain is past its notAfter, by this host's clock, which the line shows.",
      not: "Go opens with \"expired or is not yet valid\" in both cases; \"is after\" is the part that decides.")
    book.judged(
      "x509: certificate has expired or is not yet valid: current time * is before", .certificateNotYetValid,
      .clockWrong,
      says: "A certificate of the chain is not valid yet, by this host's clock, which the line shows.")
    book.judged(
      "x509: certificate has expired or is not yet valid", .certificateExpired, .certificateNotYetValid, .clockWrong,
      says: "A certificate of the chain is outside of its dates.")
    book.judged(
      "x509: certificate is valid for *, not", .nameMismatch, by: .client,
      says: "The server's certificate lists other names than the one that was asked for; the line shows both.")
    book.judged(
      "x509: certificate is not valid for any names, but wanted to match", .nameMissing, .nameMismatch, .purposeWrong,
      by: .client, says: "The server's certificate has no subjectAltName at all.",
      not: "Before names, ask whose certificate it is: a client's certificate that a server shows looks like this.")
    book.judged(
      "x509: certificate relies on legacy Common Name field", .nameMissing, by: .client,
      says: "The server's certificate has a common name only, which Go no longer compares.")
    book.judged(
      "x509: cannot validate certificate for * because it doesn't contain any IP SANs", .nameMismatch, by: .client,
      says: "The client connected to an IP address, and the certificate lists no addresses.")
    book.judged(
      "x509: certificate specifies an incompatible key usage", .purposeWrong,
      says: "extendedKeyUsage of the leaf, or of an authority above it, is not for the role in which it was shown.",
      not: "Despite its words it is about extendedKeyUsage, not about keyUsage.")
    book.judged(
      "x509: certificate is not authorized to sign other certificates", .issuerNotAuthority,
      says: "A certificate that issued another one is no authority's.")
    book.judged(
      "x509: too many intermediates for path length constraint", .pathLengthExceeded,
      says: "There are more authorities in the chain than one of them allows.")
    book.judged(
      "x509: issuer name does not match subject from issuing certificate", .chainSignatureInvalid,
      says: "The certificates of the chain do not belong together.")
    book.judged(
      "x509: a root or intermediate certificate is not authorized to sign for this name | x509: issuer has name constraints",
      .nameConstraintViolated, says: "An authority of the chain may not certify this name.")
    book.judged(
      "x509: cannot verify signature: insecure algorithm", .signatureWeak,
      says: "A certificate of the chain is signed with SHA-1 or MD5, which Go refuses.")
    book.judged(
      "x509: cannot verify signature: algorithm unimplemented | x509: unsupported elliptic curve",
      .signatureUnsupported,
      .keyUnsupported, says: "Go does not know the algorithm of a certificate in the chain.")
    book.judged(
      "x509: unhandled critical extension", .criticalExtensionUnknown, says: "A critical extension is unknown to Go.")
    book.judged(
      "x509: malformed certificate | tls: failed to parse certificate from server | x509: invalid",
      .certificateUnreadable,
      says: "A certificate that came cannot be parsed.")
    book.vague(
      "tls: failed to verify certificate", .judged, .issuerUnknown, .intermediateMissing, .certificateExpired,
      .nameMismatch, .purposeWrong, says: "This side refused the other's chain; what follows on the line says why.")
  }

  private static func addHandshake(to book: inout PhraseBook) {
    book.judged(
      "tls: client didn't provide a certificate", .clientCertificateMissing, .clientCertificateUnfit, by: .server,
      says: "The server requires a client certificate, and the client sent an empty list.",
      not:
        "A Go client that has a certificate sends none if no authority in the server's list is its issuer: it says nothing about it."
    )
    book.judged(
      "tls: first record does not look like a TLS handshake", .notTLS,
      says: "The other side's first bytes are no TLS: plain HTTP, STARTTLS, or another port.")
    book.judged(
      "http: server gave HTTP response to HTTPS client", .notTLS, by: .client, says: "The port speaks plain HTTP.")
    book.judged(
      "client sent an HTTP request to an HTTPS server", .notTLS, by: .server,
      says: "The client spoke plain HTTP to this TLS port.")
    book.judged(
      "tls: client requested unsupported application protocols", .applicationProtocolNotShared, by: .server,
      says: "No ALPN protocol is on both lists.")
    book.judged(
      "tls: server selected unadvertised ALPN protocol", .choiceNotOffered, by: .client,
      says: "The server chose a protocol that this client had not offered.")
    book.judged(
      "tls: no cipher suite supported by both client and server", .cipherSuiteNotShared, .serverCertificateUnfit,
      by: .server,
      says: "No cipher suite is on both lists, or none that goes with the server's certificate.")
    book.judged(
      "tls: client offered only unsupported versions", .versionNotShared, by: .server,
      says: "The client's highest version is below this server's lowest (Go: TLS 1.2 unless configured).")
    book.judged(
      "tls: server selected unsupported protocol version | tls: no supported versions satisfy MinVersion and MaxVersion",
      .versionNotShared, by: .client, says: "The server answered with a version that is not enabled here.")
    book.judged(
      "tls: peer doesn't support any of the certificate's signature algorithms", .signatureSchemeNotShared,
      .serverCertificateUnfit, says: "This side's key can make none of the signatures that the other takes.")
    book.judged(
      "tls: no ECDHE curve supported by both client and server | tls: no key exchanges supported by both client and server",
      .groupNotShared, by: .server, says: "No group is on both lists.")
    book.judged(
      "tls: certificate used with invalid signature algorithm | tls: client used the legacy version field",
      .protocolViolation,
      says: "The other side broke the rules of the protocol.")
    book.judged(
      "tls: invalid signature by the server certificate | tls: invalid signature by the client certificate",
      .keyMismatch,
      .messagesChanged, says: "The other side's signature does not verify with the certificate that it showed.",
      not: "The certificate itself may be fine: it is the handshake's signature that is wrong.")
    book.judged(
      "tls: client's Finished message is incorrect | tls: server's Finished message was incorrect", .messagesChanged,
      says: "The two sides have seen different messages.")
    book.unsure(
      "local error: tls: bad record MAC", .recordDamaged, .certificateRefused, .messagesChanged,
      says: "A record that came does not decrypt.",
      not:
        "In a TLS 1.3 server it need not be damage: an OpenSSL 3.0 client that refuses the server's certificate sends its alert in "
        + "clear, and this is how it arrives.",
      hint: "Look into the client's log first: it may have refused the server's certificate.")
    book.judged(
      "tls: unexpected message", .protocolViolation, says: "A message came that has no place here.")
    book.own(
      "tls: private key does not match public key | tls: private key type does not match public key type", .keyMismatch,
      says: "This side's own private key does not belong to its certificate.",
      not: "The other side has nothing to do with it: it is found when the files are loaded.")
    book.own(
      "tls: failed to find any PEM data in", .identityUnusable,
      says: "A file of this side holds no certificate or key in PEM.")
    book.own(
      "tls: no certificates configured | tls: neither Certificates, GetCertificate, nor GetConfigForClient set",
      .serverCertificateMissing, by: .server, says: "This server has no certificate.")
    book.own(
      "tls: either ServerName or InsecureSkipVerify must be specified", .misuse, by: .client,
      says: "The program did not say which name the server should have.")
    book.vague(
      "http: TLS handshake error from * EOF", .ended, .peerClosed, .peerCanceled, by: .server,
      says:
        "The client hung up in the handshake: a port check, a client that refused the certificate without an alert, or an impatient one.",
      not: "Health checks of load balancers cause this line all day; it need not be a fault.")
    book.ended(
      "i/o timeout | tls: handshake timed out | net/http: TLS handshake timeout", .peerSilent, .notTLS,
      says: "Nothing came in time.")
  }
}
