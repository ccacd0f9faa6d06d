/// What a person who looks a cause up wants to know. `FailureCause+Remedies.swift` says how to check and how to mend it,
/// `FailureCause+Alerts.swift` what it looks like on the side that is refused.
extension FailureCause {
  /// What it is, in one or two sentences more than the title.
  package var meaning: String {
    switch self {
    case .certificateUnreadable:
      "A certificate of the chain is damaged, or no X.509 certificate at all, so that nothing in it can be judged."
    case .keyUnsupported:
      "The certificate is in order, but its key is of a kind (Ed448, P-224, DSA) that the judge's library does not have."
    case .keyWeak:
      "RSA below 2048 bits and elliptic curves below 224 bits can be broken with money; judges refuse them."
    case .signatureWeak:
      "SHA-1 and MD5 can be forged. A root's own signature does not matter; those below it do, whoever made them."
    case .signatureUnsupported:
      "The algorithm by which an authority has signed the certificate is unknown to the judge."
    case .certificateExpired:
      "The judge's clock is past notAfter of the leaf or of any authority above it. An expired intermediate or root counts too."
    case .certificateNotYetValid:
      "The judge's clock is before notBefore. With a certificate that was made just now, a clock that is a few minutes slow is enough."
    case .clockWrong:
      "Dates are judged by the judge's own clock; a host without time synchronisation refuses good certificates."
    case .issuerUnknown:
      "The judge could build no path from the leaf to a root that it trusts: it was not given the root, or was given another."
    case .intermediateMissing:
      "The peer sent its leaf without the authorities between leaf and root. Who has them cached or configured sees no problem, "
        + "which is why it works in one client and not in another."
    case .issuerNamesake:
      "The judge trusts a root of the same name, but its key did not sign this chain. That happens when a test authority is made "
        + "anew on one host only: the names agree, so it looks right."
    case .certificateSelfSigned:
      "The leaf signed itself, so that there is no authority to trust: it must be in the judge's trust store itself."
    case .chainSignatureInvalid:
      "A certificate's signature does not verify with its issuer's key: it is damaged, or forged."
    case .issuerNotAuthority:
      "The certificate above the leaf lacks basicConstraints CA:TRUE (or keyUsage keyCertSign), so it may not issue any."
    case .pathLengthExceeded: "An authority's basicConstraints allow fewer authorities below it than this chain has."
    case .nameConstraintViolated: "An authority is limited to certain names, and the leaf has others."
    case .criticalExtensionUnknown:
      "The certificate carries an extension marked critical that the judge does not know; it must refuse then (RFC 5280 §4.2)."
    case .keyUsageWrong:
      "The leaf's keyUsage lacks digitalSignature (or keyEncipherment for RSA key transport), which the handshake needs."
    case .purposeWrong:
      "The leaf's extendedKeyUsage lists the wrong role: serverAuth is for servers, clientAuth for clients. In mutual TLS this often "
        + "comes from using the server's certificate as the client's."
    case .nameMismatch:
      "The client asked for one name and the server's certificate lists others. Only subjectAltName counts, not the common name; an "
        + "IP address needs an entry of type IP."
    case .nameMissing: "The certificate has a common name at best. Clients have ignored that for years (RFC 9525)."
    case .chainTooComplex: "So many certificates, names or possible paths were sent that the judge stopped."
    case .chainTooLong: "The peer sent more certificates than the judge takes, such as a whole bundle of roots."
    case .certificateRevoked: "The authority has withdrawn the certificate: a CRL or an OCSP answer says so."
    case .revocationUnknown:
      "The judge wants to know of every certificate that it is not revoked, and has neither a list nor a stapled response that says so."
    case .revocationStale: "The judge's list of revoked certificates should have been replaced by a newer one."
    case .statusResponseBad:
      "The OCSP response that comes with the certificate is missing though it must come, is out of date, or is not the authority's."
    case .keyNotPinned: "The peer has a key instead of a certificate, and the judge was not told of that key."
    case .certificateRefused: "The judge has a rule of its own, beyond those of TLS and X.509."
    case .accessDenied:
      "The certificate was judged and found valid; then the application's own list of who may come in did not have it."
    case .clientCertificateMissing:
      "The server asked for a certificate (CertificateRequest), and the client answered with an empty list: it had none, or found "
        + "none that fits. A client rarely says so by itself."
    case .clientCertificateUnfit:
      "The client has certificates, but none from an authority, of a key type or with a signature that the server's "
        + "CertificateRequest lists; so it sent none."
    case .serverCertificateMissing: "The server has no certificate at all for this handshake."
    case .serverCertificateUnfit:
      "The server's certificates do not go with what the client offers: an ECDSA key and a client with RSA suites only, for example."
    case .keyMismatch:
      "Whoever signs the handshake must have the key of the certificate it showed. Certificate and key from different pairs do this, "
        + "and so does a damaged message."
    case .keyExchangeUnfit:
      "The certificate's key is of another kind than the chosen suite or signature algorithm needs."
    case .keyShareInvalid:
      "A public value of ECDHE or a KEM is no valid one: a fault in software, or a change on the way."
    case .messagesChanged:
      "Both sides hash all messages. When the hashes differ, something between them has changed, added or dropped one."
    case .recordDamaged:
      "A protected record fails its authentication: other keys on the two sides, or bytes changed on the way."
    case .signingFailed: "The own private key is there, but could not be used: an HSM, an agent or a passphrase."
    case .versionNotShared: "One side's lowest version is above the other side's highest."
    case .cipherSuiteNotShared:
      "No suite is on both lists. In TLS 1.2 the certificate's key counts as well: ECDHE_RSA suites are of no use to a server that has "
        + "an ECDSA certificate."
    case .groupNotShared: "No curve or group of the key exchange is on both lists."
    case .signatureSchemeNotShared:
      "None of the signature algorithms that one side takes can be made with the other side's key."
    case .applicationProtocolNotShared: "Both sides use ALPN, and no protocol name is on both lists."
    case .certificateTypeNotShared:
      "One side has X.509 certificates or raw public keys only, and the other side accepts none of that kind."
    case .nothingShared:
      "The server refused at the ClientHello without saying what it missed: suite, group, signature algorithm or certificate."
    case .serverNameUnknown: "The server serves several names and has no certificate for the one in the client's SNI."
    case .fallbackDetected:
      "The client retried with a lower version and marked it; the server could do better, so something is odd."
    case .downgradeDetected: "The server's random says that it speaks a higher version than the one agreed on."
    case .extendedMasterSecretMissing:
      "One side insists on RFC 7627, and the other is too old for it or has it switched off."
    case .secureRenegotiationMissing:
      "One side insists on RFC 5746, and the other is too old for it or has it switched off."
    case .securityInsufficient: "The lists do overlap, but only in what one side considers too weak."
    case .choiceNotOffered: "The server's answer contains a value that the client never offered."
    case .notTLS:
      "The first bytes are no TLS record: plain HTTP, a protocol with STARTTLS, a proxy's line, or the wrong port."
    case .peerClosed:
      "The peer hung up in the middle of the handshake, without an alert. Often it judged and refused all the same, "
        + "but its software does not tell."
    case .peerSilent:
      "The connection is open, and nothing comes: a firewall, a hung process, or a peer that waits as well."
    case .peerCanceled: "A person, a time limit or the application ended the handshake on purpose."
    case .dataTruncated: "The transport ended without close_notify, so the data may be cut short, by an attacker too."
    case .protocolViolation: "A message that is not allowed at this point, or holds what it must not."
    case .messageMalformed: "The lengths in a message do not add up, or it breaks off."
    case .limitExceeded: "A limit that protects this side from floods was reached."
    case .renegotiationRefused:
      "TLS 1.2 allows a new handshake within a connection; it is not done here, and TLS 1.3 has none."
    case .sessionRefused: "A ticket or session was offered or accepted in a way that does not fit what it was made for."
    case .keyLimitReached: "One set of keys protects a limited number of records safely."
    case .peerInternalError: "The peer failed for a reason that has nothing to do with what it received, as it says."
    case .refusedWithoutReason: "There was a refusal, and neither the alert nor the messages say why."
    case .identityUnusable: "The own certificate or key cannot be used for this handshake."
    case .cryptographyFailed: "An operation of the cryptographic library failed."
    case .misuse: "The program called the library in an order or with values that make no sense."
    }
  }

  /// How it comes about in practice, in one line: why it is on a list of candidates.
  package var hint: String {
    switch self {
    case .certificateUnreadable: "a certificate was damaged, or is not X.509"
    case .keyUnsupported: "the judge does not know this kind of key"
    case .keyWeak: "the key is shorter than the judge takes"
    case .signatureWeak: "some certificate of the chain is signed with SHA-1 or MD5"
    case .signatureUnsupported: "the judge does not know the authority's signature algorithm"
    case .certificateExpired: "notAfter of the leaf, or of an authority above it, has passed"
    case .certificateNotYetValid: "notBefore has not come yet by the judge's clock"
    case .clockWrong: "the judge's clock is off, and the certificate is in order"
    case .issuerUnknown: "the judge was not given the root that this chain leads to"
    case .intermediateMissing: "the leaf was sent without the intermediates above it"
    case .issuerNamesake: "the judge's root has the right name but another key: it was made anew"
    case .certificateSelfSigned: "the certificate signed itself, and the judge was not told to trust it"
    case .chainSignatureInvalid: "a certificate of the chain is damaged, or signed by another key than its issuer's"
    case .issuerNotAuthority: "the certificate above the leaf may not issue certificates"
    case .pathLengthExceeded: "there are more intermediates than pathLenConstraint allows"
    case .nameConstraintViolated: "an authority of the chain may not certify these names"
    case .criticalExtensionUnknown: "a critical extension that the judge does not know"
    case .keyUsageWrong: "keyUsage lacks digitalSignature"
    case .purposeWrong: "extendedKeyUsage is for the other role, such as a server's certificate used by a client"
    case .nameMismatch: "the client connects by a name or address that the certificate does not list"
    case .nameMissing: "the certificate has a common name only, which no longer counts"
    case .chainTooComplex: "the chain is too large"
    case .chainTooLong: "more certificates were sent than the judge takes"
    case .certificateRevoked: "the authority has revoked it"
    case .revocationUnknown: "nobody tells the judge whether it is revoked"
    case .revocationStale: "the judge's revocation list is out of date"
    case .statusResponseBad: "the stapled OCSP response is missing or does not count"
    case .keyNotPinned: "the peer's key is a new one, or another one than was pinned"
    case .certificateRefused: "a rule of the judge's own"
    case .accessDenied: "the certificate is valid, but its owner is not on the list"
    case .clientCertificateMissing: "the client has no certificate configured, or did not send it"
    case .clientCertificateUnfit: "the client has one, but not from an authority or of a kind that the server lists"
    case .serverCertificateMissing: "the server has no certificate"
    case .serverCertificateUnfit: "the server has no certificate of a kind that this client takes"
    case .keyMismatch: "the private key does not belong to the certificate"
    case .keyExchangeUnfit: "key and suite do not go together"
    case .keyShareInvalid: "a public value of the key exchange is invalid"
    case .messagesChanged: "something between the two sides changed a message"
    case .recordDamaged: "the two sides have different keys, or a record was changed"
    case .signingFailed: "the private key cannot be used"
    case .versionNotShared: "no TLS version is enabled on both sides"
    case .cipherSuiteNotShared: "no cipher suite is enabled on both sides, or none that fits the server's key"
    case .groupNotShared: "no curve or group is enabled on both sides"
    case .signatureSchemeNotShared: "one side's key can make none of the signatures that the other takes"
    case .applicationProtocolNotShared: "no ALPN name is on both lists"
    case .certificateTypeNotShared: "one side wants raw public keys, and the other X.509 certificates"
    case .nothingShared: "the server found nothing to agree on in the ClientHello"
    case .serverNameUnknown: "the server has no certificate for the name in SNI"
    case .fallbackDetected: "the client retried with a lower version"
    case .downgradeDetected: "something between the two sides lowered the version"
    case .extendedMasterSecretMissing: "one side requires extended_master_secret"
    case .secureRenegotiationMissing: "one side requires secure renegotiation"
    case .securityInsufficient: "one side finds the other's offer too weak"
    case .choiceNotOffered: "the server chose what the client had not offered"
    case .notTLS: "the other side does not speak TLS on this port, or expects plain text first"
    case .peerClosed: "the other side hung up without an alert, perhaps after refusing the certificate"
    case .peerSilent: "the other side does not answer"
    case .peerCanceled: "the other side gave up: a time limit, a person, or a program that ended"
    case .dataTruncated: "the other side ended the connection without close_notify"
    case .protocolViolation: "one of the two implementations breaks the protocol, or a middlebox does"
    case .messageMalformed: "a message was damaged, or one of the two implementations is wrong"
    case .limitExceeded: "more was sent than the receiver takes"
    case .renegotiationRefused: "one side wants to renegotiate, as for a client certificate for some pages only"
    case .sessionRefused: "a session could not be resumed"
    case .keyLimitReached: "the keys were used up"
    case .peerInternalError: "the other side failed by itself: its key, its configuration, its memory"
    case .refusedWithoutReason: "a reason that only the other side's log has"
    case .identityUnusable: "the own certificate or key cannot be used"
    case .cryptographyFailed: "a cryptographic operation failed"
    case .misuse: "the program uses its library wrongly"
    }
  }
}
