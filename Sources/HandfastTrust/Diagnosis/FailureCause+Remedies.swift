extension FailureCause {
  /// A command of `handfast` that looks into it, with placeholders in capitals; nil where none does.
  package var command: String? {
    switch self {
    case .certificateUnreadable, .keyUnsupported, .keyWeak, .signatureWeak, .signatureUnsupported, .certificateExpired,
      .certificateNotYetValid, .certificateSelfSigned, .chainSignatureInvalid, .issuerNotAuthority, .pathLengthExceeded,
      .nameConstraintViolated, .criticalExtensionUnknown, .keyUsageWrong, .purposeWrong, .nameMissing, .chainTooComplex,
      .chainTooLong, .certificateRefused, .accessDenied, .serverCertificateMissing:
      "handfast pki show CHAIN.pem"
    case .issuerUnknown, .intermediateMissing: "handfast pki show CHAIN.pem --ca ROOT.pem"
    case .issuerNamesake: "handfast pki show ROOT.pem"
    case .nameMismatch: "handfast pki show CHAIN.pem --name NAME"
    case .keyMismatch, .keyExchangeUnfit, .signingFailed, .identityUnusable:
      "handfast pki show CHAIN.pem --key KEY.pem"
    case .clientCertificateMissing, .clientCertificateUnfit:
      "handfast check HOST:PORT --ca ROOT.pem --cert CHAIN.pem --key KEY.pem"
    case .serverCertificateUnfit, .versionNotShared, .cipherSuiteNotShared, .groupNotShared, .signatureSchemeNotShared,
      .applicationProtocolNotShared, .certificateTypeNotShared, .nothingShared, .serverNameUnknown,
      .extendedMasterSecretMissing,
      .secureRenegotiationMissing, .securityInsufficient, .notTLS, .peerClosed, .peerSilent, .refusedWithoutReason:
      "handfast check HOST:PORT --ca ROOT.pem"
    case .messagesChanged, .recordDamaged, .keyShareInvalid, .choiceNotOffered, .downgradeDetected, .fallbackDetected,
      .protocolViolation, .messageMalformed:
      "handfast merge client.jsonl server.jsonl"
    case .keyNotPinned, .revocationUnknown, .revocationStale, .statusResponseBad, .clockWrong, .certificateRevoked,
      .peerCanceled,
      .dataTruncated, .limitExceeded, .renegotiationRefused, .sessionRefused, .keyLimitReached, .peerInternalError,
      .cryptographyFailed, .misuse:
      nil
    }
  }

  /// How to find out whether this is it, in a sentence or two.
  package var check: String {
    switch self {
    case .certificateUnreadable:
      "Read the file that the refused side sends: each certificate must parse, and the leaf come first."
    case .keyUnsupported, .keyWeak: "Look at the key of each certificate in the chain."
    case .signatureWeak, .signatureUnsupported: "Look at the signature algorithm of each certificate below the root."
    case .certificateExpired, .certificateNotYetValid:
      "Look at the dates of every certificate in the chain, and at the clock of the judging host."
    case .clockWrong: "Compare the clocks of both hosts: `date -u` on each."
    case .issuerUnknown:
      "See whether the chain that is sent leads to the root that the judging side has configured (its CA file, not the system's)."
    case .intermediateMissing:
      "Count the certificates that the refused side sends: a lone leaf under an intermediate is the sign."
    case .issuerNamesake:
      "Compare the SHA-256 fingerprints of the root on both sides; the names agree, the keys do not."
    case .certificateSelfSigned: "Subject and issuer of the leaf are the same."
    case .chainSignatureInvalid: "See at which certificate the chain's signatures stop verifying."
    case .issuerNotAuthority, .pathLengthExceeded:
      "Look at basicConstraints and keyUsage of the authorities in the chain."
    case .nameConstraintViolated: "Compare the names of the leaf with nameConstraints of its authorities."
    case .criticalExtensionUnknown: "List the extensions that are marked critical."
    case .keyUsageWrong: "Look at keyUsage of the leaf: digitalSignature must be there."
    case .purposeWrong:
      "Look at extendedKeyUsage of the leaf: clientAuth for a client, serverAuth for a server, or none at all."
    case .nameMismatch: "Compare the name in the client's URL or SNI with the certificate's subjectAltName."
    case .nameMissing: "See whether the leaf has a subjectAltName."
    case .chainTooComplex, .chainTooLong:
      "Count the certificates that are sent; a bundle of roots does not belong there."
    case .certificateRevoked: "Ask the authority, or look the serial number up in its CRL."
    case .revocationUnknown, .revocationStale:
      "Look which revocation lists the judge has, of which authorities, and their nextUpdate (openssl crl -noout -text)."
    case .statusResponseBad: "Look at what the server staples: openssl s_client -status."
    case .keyNotPinned: "Compare the key's SHA-256 with the one of the key that the peer should have."
    case .certificateTypeNotShared:
      "See whether each side has X.509 certificates or raw public keys, and which it accepts."
    case .certificateRefused, .refusedWithoutReason, .peerInternalError: "Look into the log of the side that refused."
    case .accessDenied: "Compare subject and subjectAltName of the client's certificate with the server's list."
    case .clientCertificateMissing:
      "See whether the server asks for a certificate, and whether the client has one configured for this very connection."
    case .clientCertificateUnfit:
      "Compare the authorities, key types and signature algorithms in the server's CertificateRequest with the client's certificate."
    case .serverCertificateMissing: "See which certificate the server has configured for this port and name."
    case .serverCertificateUnfit:
      "Compare the kind of the server's key with the client's suites and signature algorithms."
    case .keyMismatch: "See whether the private key belongs to the certificate."
    case .keyExchangeUnfit: "Compare the key's kind with the suite that was chosen."
    case .keyShareInvalid, .messagesChanged, .recordDamaged, .choiceNotOffered, .protocolViolation, .messageMalformed:
      "Record both sides and compare: a message whose digest differs was changed on the way."
    case .signingFailed: "Try the key by itself: passphrase, PIN, agent, permissions."
    case .versionNotShared: "See which versions the server accepts, and compare with the client's."
    case .cipherSuiteNotShared, .groupNotShared, .signatureSchemeNotShared, .nothingShared, .securityInsufficient:
      "See what the server accepts, and compare with what the client offers."
    case .applicationProtocolNotShared: "Compare the ALPN lists of both sides."
    case .serverNameUnknown:
      "See which names the server has certificates for, and which name the client sends (none with an IP address)."
    case .fallbackDetected, .downgradeDetected:
      "Compare the ClientHello on both sides: the versions show who changed it."
    case .extendedMasterSecretMissing, .secureRenegotiationMissing: "See whether the older side offers the extension."
    case .notTLS: "Ask the port what it speaks."
    case .peerClosed:
      "Look into the other side's log: it may have refused and not said so. Then see how far a handshake gets."
    case .peerSilent: "See whether a connection is made at all, and who waits for what."
    case .peerCanceled: "Look for a time limit or a stopped program on the side that gave up."
    case .dataTruncated:
      "See which side ended the connection without close_notify, and whether the data has a length of its own."
    case .limitExceeded: "Compare what was sent with the limit that is named."
    case .renegotiationRefused:
      "See whether the server asks for a certificate only after the handshake, for some locations."
    case .sessionRefused: "Try without resumption."
    case .keyLimitReached: "See how much went through the one connection."
    case .identityUnusable: "See whether key and certificate belong together and are of a supported kind."
    case .cryptographyFailed, .misuse: "Look at the error itself, and report it."
    }
  }

  /// What to change.
  package var fix: String {
    switch self {
    case .certificateUnreadable: "Install the certificate anew, as the authority issued it."
    case .keyUnsupported: "Have a certificate issued for an ECDSA P-256 or RSA-2048 key."
    case .keyWeak: "Make a new key (ECDSA P-256, or RSA with 2048 bits or more) and have a certificate issued for it."
    case .signatureWeak: "Have the certificate, or the intermediate, issued anew with SHA-256."
    case .signatureUnsupported: "Have it signed with ECDSA or RSA and SHA-256."
    case .certificateExpired: "Renew what has expired, install it with its chain, and reload the program that uses it."
    case .certificateNotYetValid: "Set the clock, or wait; let the authority backdate notBefore by an hour."
    case .clockWrong: "Synchronise the clock (NTP)."
    case .issuerUnknown:
      "Give the judging side the root of this chain, or have the certificate issued under a root that it has."
    case .intermediateMissing: "Let the refused side send its leaf followed by its intermediates, in one file."
    case .issuerNamesake:
      "Give both sides the same root, and issue anew what the other one signed. Give roots names that differ."
    case .certificateSelfSigned:
      "Issue it under an authority, or put this very certificate into the judge's trust store."
    case .chainSignatureInvalid: "Install the chain anew: each certificate with the issuer that did sign it."
    case .issuerNotAuthority: "Issue the intermediate with basicConstraints CA:TRUE and keyUsage keyCertSign."
    case .pathLengthExceeded: "Shorten the chain, or issue the authority with a larger pathLenConstraint."
    case .nameConstraintViolated: "Issue the leaf for names that the authority may certify, or under another one."
    case .criticalExtensionUnknown: "Issue it without that extension, or without marking it critical."
    case .keyUsageWrong: "Issue the leaf with keyUsage digitalSignature."
    case .purposeWrong:
      "Issue a certificate for the role: clientAuth for the client, serverAuth for the server, or both."
    case .nameMismatch: "Connect by a name that the certificate lists, or issue it for the name that is used."
    case .nameMissing: "Issue it with a subjectAltName."
    case .chainTooComplex, .chainTooLong: "Send the leaf and its intermediates only."
    case .certificateRevoked: "Get a new certificate, with a new key."
    case .revocationUnknown: "Provide a current list of every authority on the path, or accept an unknown status."
    case .revocationStale: "Replace the list by the authority's current one, and have that done by itself."
    case .statusResponseBad: "Staple the authority's current response for this very certificate."
    case .keyNotPinned: "Pin the peer's new key, or have the peer use the one that is pinned."
    case .certificateTypeNotShared:
      "Give both sides the same kind: a certificate and roots to judge it by, or a raw public key and pins."
    case .certificateRefused, .refusedWithoutReason: "Do what the log of the side that refused asks for."
    case .accessDenied: "Put the client's subject or name on the server's list."
    case .clientCertificateMissing:
      "Configure certificate and key on the client, for this connection and not for another."
    case .clientCertificateUnfit:
      "Use a certificate from an authority that the server lists, or add that authority to the server's list."
    case .serverCertificateMissing: "Configure a certificate chain and its key on the server."
    case .serverCertificateUnfit:
      "Give the server a second certificate of the other kind, or widen what the client offers."
    case .keyMismatch: "Install the certificate and the key of one and the same pair."
    case .keyExchangeUnfit: "Use suites that go with the key."
    case .keyShareInvalid, .choiceNotOffered, .protocolViolation, .messageMalformed:
      "Update the side that is wrong; take what stands between the two out of the way."
    case .messagesChanged, .recordDamaged: "Take what changes the traffic (a proxy, a middlebox) out of the way."
    case .signingFailed: "Make the key usable for the program: passphrase, PIN, permissions."
    case .versionNotShared: "Enable TLS 1.3 or 1.2 on both sides."
    case .cipherSuiteNotShared: "Enable a suite of one side on the other; mind the kind of the server's key."
    case .groupNotShared: "Enable X25519 or P-256 on both sides."
    case .signatureSchemeNotShared: "Widen the accepting side's signature algorithms, or use a key of another kind."
    case .applicationProtocolNotShared: "Let both sides have one ALPN name in common, or none on one side."
    case .nothingShared: "Widen the narrower of the two lists."
    case .serverNameUnknown: "Connect by a name that the server knows, or give the server a certificate for this one."
    case .fallbackDetected: "Do not retry with lower versions; mend why the first attempt failed."
    case .downgradeDetected: "Find what lowers the version: a middlebox, or an attacker."
    case .extendedMasterSecretMissing, .secureRenegotiationMissing:
      "Update the older side; or relax the requirement, knowing what it stops."
    case .securityInsufficient: "Enable stronger suites, keys and hashes on the weaker side."
    case .notTLS: "Use the right port and scheme; use STARTTLS where the protocol wants it; mind the PROXY protocol."
    case .peerClosed, .peerSilent:
      "Do what the other side's log asks for; if it saw nothing, look for firewalls and balancers between the two."
    case .peerCanceled: "Raise the time limit, or find out what takes so long."
    case .dataTruncated: "Let that side close properly; do not treat cut data as whole."
    case .limitExceeded: "Send less, or raise the limit."
    case .renegotiationRefused:
      "Ask for the client's certificate in the first handshake; in TLS 1.3 there is no other way but post-handshake authentication."
    case .sessionRefused: "Clear the sessions; let all servers of a name share their ticket keys."
    case .keyLimitReached: "Open a new connection."
    case .peerInternalError: "Mend what the other side's log names: often its own key or certificate file."
    case .identityUnusable: "Configure a certificate and key that belong together."
    case .cryptographyFailed, .misuse: "Mend the program."
    }
  }
}
