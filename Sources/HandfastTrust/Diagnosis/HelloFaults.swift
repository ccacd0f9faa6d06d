import HandfastCore
import HandfastWire

/// Two hellos that do not come together.
extension Diagnostician {
  func versionNotSupported(_ offered: ProtocolVersion) -> Diagnosis {
    let isOld = offered < .tls12
    return because(
      .versionNotShared, of: isOld ? peer : nil,
      "The \(them) offers no version that is enabled here; its highest is \(offered).",
      rule: isOld
        ? "RFC 9325 §3.1.1, RFC 8996 (TLS 1.0 and 1.1 are forbidden)" : "RFC 9846 §4.3.1 (a version in common)",
      remedy: isOld
        ? "Enable TLS 1.3 or 1.2 in the configuration of the \(them), and nothing older."
        : "Enable \(offered) in this side's versions, or one of them in the configuration of the \(them)."
    ).comparing(
      "supported_versions", expected: knowledge.enabled.map { list($0.versions) },
      found: knowledge.offered.map { list($0.versions) } ?? "\(offered)")
  }

  func inappropriateFallback(_ offered: ProtocolVersion) -> Diagnosis {
    because(
      .fallbackDetected, of: peer,
      "The client signals that it has come back with a lower version (\(offered)), though this server speaks a higher one: "
        + "its first attempt was broken off on the way.",
      rule: "RFC 7507 §3 (TLS_FALLBACK_SCSV)",
      remedy: "Find out why the client's first attempt failed (its log, a middlebox), and turn off its fallback.",
      .likely)
  }

  func noCommonCipherSuite(_ offered: [CipherSuite]) -> Diagnosis {
    because(
      .cipherSuiteNotShared, of: nil,
      "The client offers no cipher suite that this server has enabled (offered: \(list(offered))).",
      rule: "RFC 5246 §7.4.1.3 (handshake_failure)",
      remedy: "Enable a suite on one side that the other has; RFC 9325 §4.2 recommends ECDHE with AES-GCM."
    ).comparing("cipher_suites", expected: knowledge.enabled.map { list($0.cipherSuites) }, found: list(offered))
  }

  var noFittingIdentity: Diagnosis {
    because(
      .serverCertificateUnfit, of: side,
      "Suites are in common, but none of this server's certificates fits any of them: \(candidates).",
      rule: "RFC 5246 §7.4.2 (the certificate fits the suite and the client's signature_algorithms)",
      remedy:
        "Give the server a certificate with a key of another kind (RSA beside ECDSA), or enable suites for the one it has."
    ).comparing(
      "signature_algorithms", expected: knowledge.offered.map { list($0.signatureSchemes) },
      found: candidates)
  }

  func noCommonGroup(_ offered: [NamedGroup]) -> Diagnosis {
    because(
      .groupNotShared, of: nil,
      "The client offers no group for ECDHE that this server has enabled (offered: \(list(offered))).",
      rule: "RFC 8422 §5.1 (supported_groups)",
      remedy: "Enable a group on one side that the other has; nearly everyone speaks secp256r1 and x25519."
    ).comparing("supported_groups", expected: knowledge.enabled.map { list($0.groups) }, found: list(offered))
  }

  func noCommonSignatureScheme(_ offered: [SignatureScheme]) -> Diagnosis {
    because(
      .signatureSchemeNotShared, of: nil,
      "The \(them) verifies no signature that a key of this \(me) can make (it accepts: \(list(offered))).",
      rule: "RFC 5246 §7.4.1.4.1 (signature_algorithms)",
      remedy: "Enable a fitting signature scheme on the \(them), or give the \(me) a certificate with a key that fits."
    ).comparing("signature_algorithms", expected: nil, found: list(offered))
  }

  func noCommonApplicationProtocol(_ offered: [String]) -> Diagnosis {
    because(
      .applicationProtocolNotShared, of: nil,
      "The client offers the application protocols \(list(offered)); this server has enabled none of them.",
      rule: "RFC 7301 §3.2 (no_application_protocol)",
      remedy: "Let applicationProtocols of both sides have one name in common."
    ).comparing(
      "application_layer_protocol_negotiation", expected: knowledge.enabled.map { list($0.applicationProtocols) },
      found: list(offered))
  }

  static let sameCertificateType =
    "Give both sides the same kind: an X.509 certificate and roots to judge it by, or a raw public key and pins for it."

  func noCommonCertificateType(of owner: Side, _ offered: [CertificateType]) -> Diagnosis {
    because(
      .certificateTypeNotShared, of: nil,
      owner == .server
        ? "The client accepts certificates of type \(list(offered)) only, and this server has none of them."
        : "The client has certificates of type \(list(offered)) only, and this server judges none of them.",
      rule: "RFC 7250 §4.2 (unsupported_certificate)",
      remedy: Self.sameCertificateType
    ).comparing(
      owner == .server ? "server_certificate_type" : "client_certificate_type", expected: nil, found: list(offered))
  }

  func unofferedCertificateType(of owner: Side, _ type: CertificateType) -> Diagnosis {
    because(
      .certificateTypeNotShared, of: nil,
      owner == .server
        ? "The server authenticates with a certificate of type \(type), which this client does not accept."
        : "The server wants a client certificate of type \(type), which this client has not offered.",
      rule: "RFC 7250 §4.2 (certificate types)",
      remedy: Self.sameCertificateType
    ).comparing(
      owner == .server ? "server_certificate_type" : "client_certificate_type", expected: nil, found: "\(type)")
  }

  var nullCompressionMissing: Diagnosis {
    protocolBroken(
      "The client does not offer to leave records uncompressed.", rule: "RFC 5246 §7.4.1.2 (null compression)")
  }

  var uncompressedPointsMissing: Diagnosis {
    protocolBroken(
      "The \(them)'s ec_point_formats leaves out uncompressed points.", rule: "RFC 8422 §5.1.2 (ec_point_formats)")
  }

  func unofferedVersion(_ version: ProtocolVersion) -> Diagnosis {
    because(
      .versionNotShared, of: peer, "The server chose \(version), which this client does not offer.",
      rule: "RFC 5246 §7.4.1.3 (server_version)",
      remedy: version < .tls12
        ? "Enable TLS 1.3 or 1.2 in the configuration of the server."
        : "Enable \(version) here (versions), or another version on the server."
    ).comparing("supported_versions", expected: knowledge.offered.map { list($0.versions) }, found: "\(version)")
  }

  func unoffered(_ what: String, _ rule: String) -> Diagnosis {
    protocolBroken(
      "The server answered with \(what), which this client did not offer.", rule: "\(rule) (only what was offered)",
      .choiceNotOffered)
  }

  func unofferedSignatureScheme(_ scheme: SignatureScheme) -> Diagnosis {
    protocolBroken(
      "The \(them) signed with \(scheme), which this \(me) did not offer to verify.",
      rule: "RFC 5246 §7.4.1.4.1 (signature_algorithms)", .choiceNotOffered)
  }

  func wrongMaxFragmentLength(_ asked: MaxFragmentLength?, _ got: MaxFragmentLength) -> Diagnosis {
    protocolBroken(
      "The server answered max_fragment_length \(got), but this client asked for \(asked?.description ?? "none").",
      rule: "RFC 6066 §4 (max_fragment_length)")
  }

  var downgradeDetected: Diagnosis {
    because(
      .downgradeDetected, of: nil,
      "The server's random says that it speaks a higher version than it chose: someone on the way lowered the client's offer.",
      rule: "RFC 9846 §4.1.3 (downgrade protection)",
      remedy: "Look for a proxy or attacker between the two; compare the ClientHello in both sides' traces.", .likely)
  }

  var extendedMasterSecretMissing: Diagnosis {
    guard step != .established else {
      return misuse(
        "Keying material was asked for, but the handshake went without extended_master_secret, so that it would not be bound to "
          + "this connection.",
        remedy: "Require extendedMasterSecret in this side's configuration, and use a peer that supports it.")
    }
    return because(
      .extendedMasterSecretMissing, of: peer,
      "The \(them) does not support extended_master_secret, which this \(me) requires.",
      rule: "RFC 7627 §5.2 and §5.3, RFC 9325 §3.5",
      remedy: "Update the \(them)'s TLS software; if that is impossible, set extendedMasterSecret to .preferred here."
    ).comparing("extended_master_secret", expected: "the extension", found: "none")
  }

  var secureRenegotiationMissing: Diagnosis {
    because(
      .secureRenegotiationMissing, of: peer,
      "The \(them) does not signal secure renegotiation, which this \(me) requires.",
      rule: "RFC 5746 §4.1 and §4.3 (renegotiation_info)",
      remedy: "Update the \(them)'s TLS software; if that is impossible, set secureRenegotiation to .preferred here."
    ).comparing("renegotiation_info", expected: "the extension, or its signal among the suites", found: "neither")
  }

  var renegotiationInfoNotEmpty: Diagnosis {
    because(
      .downgradeDetected, of: nil,
      "The \(them)'s renegotiation_info speaks of an earlier handshake, but this is the connection's first: someone may have "
        + "spliced two connections together.",
      rule: "RFC 5746 §3.4 and §3.6 (renegotiation_info)",
      remedy: "Look for a proxy or attacker between the two; if there is none, update the \(them)'s TLS software.",
      .likely)
  }

  func serverNameUnknown(_ name: String) -> Diagnosis {
    because(
      .serverNameUnknown, of: nil,
      name.isEmpty
        ? "The client named no server, and this server has no certificate for that case."
        : "The client asked for \(name.safeForDisplay), for which this server has no certificate.",
      rule: "RFC 6066 §3 (server_name)",
      remedy: "Give the server an identity with that name, or have the client connect by a name that the server knows."
    ).comparing("server_name", expected: nil, found: name.isEmpty ? "none" : name.safeForDisplay)
  }

  /// What was considered on this side, and why not.
  var candidates: String {
    let refused = knowledge.ownCandidates.map { candidate in
      "\(candidate.label): \(candidate.ruledOut.map { "\($0)" } ?? "fits")"
    }
    return refused.isEmpty ? "there is none" : refused.joined(separator: "; ").safeForDisplay
  }
}
