import HandfastCore
import HandfastTrust

/// GnuTLS, gnutls-cli and gnutls-serv.
extension PhraseBook {
  static let gnuTLS: PhraseBook = {
    var book = PhraseBook(.gnuTLS)
    book.judged(
      "The certificate issuer is unknown", .issuerUnknown, .intermediateMissing, .certificateSelfSigned,
      says: "The other side's chain leads to no root that is trusted here.")
    book.judged(
      "The certificate chain uses expired certificate", .certificateExpired, .clockWrong,
      says: "A certificate of the chain has expired.")
    book.judged(
      "The certificate chain uses not yet valid certificate", .certificateNotYetValid, .clockWrong,
      says: "A certificate of the chain is not valid yet.")
    book.judged(
      "The name in the certificate does not match the expected", .nameMismatch, by: .client,
      says: "The server's certificate does not list the name that was asked for.")
    book.judged(
      "The certificate does not match the intended purpose | The certificate chain does not match the intended purpose",
      .purposeWrong, says: "extendedKeyUsage is not for this role.")
    book.judged(
      "The certificate issuer is not a CA", .issuerNotAuthority,
      says: "A certificate that issued another one is no authority's.")
    book.judged(
      "The certificate chain uses insecure algorithm", .signatureWeak, .keyWeak,
      says: "A signature or key in the chain is below the security level.")
    book.judged(
      "The certificate chain violates the signer's constraints", .nameConstraintViolated, .pathLengthExceeded,
      says: "An authority of the chain may not issue this.")
    book.judged(
      "The signature in the certificate is invalid", .chainSignatureInvalid, .issuerNamesake,
      says: "A certificate's signature does not verify.")
    book.judged(
      "The certificate chain is revoked | The certificate is revoked", .certificateRevoked,
      says: "A CRL or an OCSP answer says so.")
    book.judged(
      "Error in handshake: Certificate is required | Certificate is required.", .clientCertificateMissing,
      .clientCertificateUnfit,
      by: .server, says: "The server requires a client certificate, and the client sent none.")
    book.judged(
      "No certificate was found", .clientCertificateMissing, .clientCertificateUnfit, by: .server,
      says: "The server requires a client certificate, and the client sent an empty list.",
      not: "gnutls-serv tells the client decode_error for it in TLS 1.2; no message was malformed.")
    book.judged(
      "No supported cipher suites have been found", .cipherSuiteNotShared, .serverCertificateUnfit, .versionNotShared,
      says: "No cipher suite is on both lists, or none that goes with the server's key.")
    book.judged(
      "An unknown or unsupported TLS version | A packet with illegal or unsupported version was received",
      .versionNotShared,
      .notTLS, says: "The other side's version is not enabled here.")
    book.judged(
      "An unexpected TLS packet was received", .notTLS, .protocolViolation,
      says: "What came is no TLS, or a message that has no place here.")
    book.unsure(
      "Error in handshake: Decryption has failed | Decryption has failed", .recordDamaged, .certificateRefused,
      says: "A record from the other side does not decrypt.",
      not:
        "In a TLS 1.3 server it need not be damage: an OpenSSL 3.0 client that refuses the certificate sends its alert in clear."
    )
    book.judged(
      "Public key signature verification has failed", .keyMismatch, .messagesChanged,
      says: "The other side's signature does not verify with the certificate that it showed.")
    book.own(
      "The provided X.509 certificate list is not sorted", .identityUnusable,
      says: "The certificates in this side's file are not in the order leaf, issuer, issuer's issuer.")
    book.ended(
      "The TLS connection was non-properly terminated | Error in the pull function", .peerClosed, .dataTruncated,
      says: "The other side ended the connection without close_notify, or the transport failed.")
    book.vague(
      "A TLS fatal alert has been received", .refused, .refusedWithoutReason,
      says: "The other side refused; which alert it was stands in the next line (\"Received alert [N]\").",
      not: "It is not GnuTLS that refused.")
    book.vague(
      "Error in the certificate | The certificate is NOT trusted", .judged, .issuerUnknown, .intermediateMissing,
      .certificateExpired, .nameMismatch, says: "This side refused the other's certificate; the status line says why.",
      not: "GnuTLS tells the other side bad_certificate or access_denied, whatever the reason.")
    return book
  }()
}
