import HandfastCore
import HandfastTrust

/// rustls and webpki: their Debug and Display forms.
extension PhraseBook {
  static let rustls: PhraseBook = {
    var book = PhraseBook(.rustls)
    book.judged(
      "invalid peer certificate: UnknownIssuer | invalid peer certificate contents: invalid peer certificate: UnknownIssuer"
        + " | InvalidCertificate(UnknownIssuer)", .issuerUnknown, .intermediateMissing, .issuerNamesake,
      says: "The other side's chain leads to no root that is trusted here.")
    book.judged(
      "invalid peer certificate: CaUsedAsEndEntity | CaUsedAsEndEntity", .certificateSelfSigned, .certificateRefused,
      says:
        "The other side showed an authority's certificate as its own, as self-signed ones made with openssl req -x509 are.",
      not: "It is about basicConstraints CA:TRUE in the leaf, not about trust.")
    book.judged(
      "invalid peer certificate: Expired | invalid peer certificate: certificate expired | InvalidCertificate(Expired",
      .certificateExpired, .clockWrong, says: "A certificate of the chain has expired.")
    book.judged(
      "invalid peer certificate: NotValidYet | invalid peer certificate: certificate not valid yet | InvalidCertificate(NotValidYet",
      .certificateNotYetValid, .clockWrong, says: "A certificate of the chain is not valid yet.")
    book.judged(
      "invalid peer certificate: NotValidForName | certificate not valid for name | InvalidCertificate(NotValidForName",
      .nameMismatch, .nameMissing, by: .client,
      says: "The server's certificate does not list the name that was asked for.")
    book.judged(
      "invalid peer certificate: InvalidPurpose | certificate does not allow extended key usage | InvalidCertificate(InvalidPurpose",
      .purposeWrong, says: "extendedKeyUsage is not for this role.")
    book.judged(
      "invalid peer certificate: BadSignature | InvalidCertificate(BadSignature)", .chainSignatureInvalid,
      .issuerNamesake,
      .keyMismatch, says: "A signature does not verify: one in the chain, or the handshake's own.",
      not: "rustls has one name for both; a root that was made anew with the same name is the usual reason.")
    book.judged(
      "invalid peer certificate: BadEncoding | InvalidCertificate(BadEncoding)", .certificateUnreadable,
      says: "A certificate that came cannot be parsed.")
    book.judged(
      "invalid peer certificate: Revoked | InvalidCertificate(Revoked)", .certificateRevoked, says: "A CRL says so.")
    book.judged(
      "UnknownRevocationStatus", .certificateRefused,
      says: "No CRL covers the certificate, and the judge insists on one.",
      not: "Nothing is revoked.")
    book.judged(
      "UnhandledCriticalExtension", .criticalExtensionUnknown, says: "A critical extension is unknown to webpki.")
    book.judged(
      "UnsupportedCertVersion", .certificateUnreadable, .certificateRefused,
      says:
        "The certificate is of version 1, as openssl x509 -req makes them without extensions; webpki takes version 3 only."
    )
    book.judged(
      "peer sent no certificates | NoCertificatesPresented", .clientCertificateMissing, .clientCertificateUnfit,
      by: .server,
      says: "The server requires a client certificate, and the client sent none.")
    book.judged(
      "peer is incompatible: NoCipherSuitesInCommon | NoCipherSuitesInCommon", .cipherSuiteNotShared,
      .serverCertificateUnfit,
      by: .server, says: "No cipher suite is on both lists.")
    book.judged(
      "NoKxGroupsInCommon", .groupNotShared, by: .server, says: "No group is on both lists.")
    book.judged(
      "NoSignatureSchemesInCommon", .signatureSchemeNotShared, says: "No signature algorithm is on both lists.")
    book.judged(
      "Tls12NotOfferedOrEnabled | SupportedVersionsExtensionRequired | ServerDoesNotSupportTls12Or13",
      .versionNotShared,
      says: "The two sides have no version in common.")
    book.judged(
      "peer doesn't support any known protocol", .applicationProtocolNotShared,
      says: "No ALPN protocol is on both lists.")
    book.judged(
      "received corrupt message of type InvalidContentType | InvalidMessage(InvalidContentType)", .notTLS,
      says: "The other side's first bytes are no TLS.")
    book.judged(
      "received corrupt message", .messageMalformed, says: "A message could not be read.")
    book.judged(
      "cannot decrypt peer's message", .recordDamaged, .messagesChanged,
      says: "A record from the other side does not decrypt.")
    book.own(
      "no server certificate chain resolved", .serverNameUnknown, .serverCertificateMissing, by: .server,
      says:
        "The server has no certificate for this client: the name in SNI is unknown, or the key of a kind that it does not take."
    )
    book.own(
      "KeyMismatch | keys may not be consistent", .keyMismatch,
      says: "This side's private key does not belong to its certificate.")
    book.ended(
      "peer closed connection without sending TLS close_notify | tls handshake eof", .dataTruncated, .peerClosed,
      says: "The other side ended the connection without close_notify.",
      not: "Many servers just close; it matters only where the data does not say how long it is.")
    book.vague(
      "invalid peer certificate", .judged, .issuerUnknown, .certificateExpired, .nameMismatch,
      says: "This side refused the other's certificate; what follows says why.")
    return book
  }()
}
