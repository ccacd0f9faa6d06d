import ArgumentParser
import Handfast
import HandfastCore
import HandfastTrust
import HandfastWire

/// What `--break` can break.
package enum Breakage: String, CaseIterable, ExpressibleByArgument, Sendable {
  case expired
  case notYetValid = "not-yet-valid"
  case wrongHost = "wrong-host"
  case noNames = "no-names"
  case untrusted
  case selfSigned = "self-signed"
  case missingIntermediate = "missing-intermediate"
  case wrongEKU = "wrong-eku"
  case wrongKeyUsage = "wrong-key-usage"
  case noClientCert = "no-client-cert"
  case untrustedClient = "untrusted-client"
  case expiredClient = "expired-client"
  case wrongEKUClient = "wrong-eku-client"
  case noCommonSuite = "no-common-suite"
  case noCommonGroup = "no-common-group"
  case noCommonSignature = "no-common-signature"
  case keyTransport = "key-transport"
  case alpnMismatch = "alpn-mismatch"
  case wrongVersion = "wrong-version"
  case downgrade
  case noEMS = "no-ems"
  case tamperedHello = "tampered-hello"
  case tamperedCertificate = "tampered-certificate"
  case tamperedKeyExchange = "tampered-key-exchange"
  case tamperedRecord = "tampered-record"
  case repeatedRecord = "repeated-record"
  case truncated
  case notTLS = "not-tls"
  case silent

  /// One line: what is wrong.
  package var summary: String {
    switch self {
    case .expired: "the server's certificate expired yesterday"
    case .notYetValid: "the server's certificate is valid from tomorrow"
    case .wrongHost: "the server's certificate is for another host"
    case .noNames: "the server's certificate has no subjectAltName"
    case .untrusted: "the client does not know the server's root"
    case .selfSigned: "the server's certificate is signed with its own key"
    case .missingIntermediate: "the server forgets to send the intermediate"
    case .wrongEKU: "the server's certificate is for clients only"
    case .wrongKeyUsage: "the server's certificate may not sign"
    case .noClientCert: "the client has no certificate that fits"
    case .untrustedClient: "the server does not know the client's CA"
    case .expiredClient: "the client's certificate expired yesterday"
    case .wrongEKUClient: "the client's certificate is for servers only"
    case .noCommonSuite: "no cipher suite in common"
    case .noCommonGroup: "no group in common"
    case .noCommonSignature: "no signature in common: the client knows Ed25519 only"
    case .keyTransport: "the client knows only RSA key transport, which is off"
    case .alpnMismatch: "no application protocol in common"
    case .wrongVersion: "a relay makes the client offer TLS 1.0 only"
    case .downgrade: "a relay strikes TLS 1.3 off the ClientHello"
    case .noEMS: "a relay strikes extended_master_secret off the hello"
    case .tamperedHello: "a relay strikes suites off the ClientHello"
    case .tamperedCertificate: "a relay flips a bit of the server's certificate"
    case .tamperedKeyExchange: "a relay flips a bit of the server's public value"
    case .tamperedRecord: "a relay flips a bit of an encrypted record"
    case .repeatedRecord: "a relay sends an encrypted record twice"
    case .truncated: "a relay cuts the connection before the goodbyes"
    case .notTLS: "the port answers in HTTP, without TLS"
    case .silent: "the server's answer never arrives"
    }
  }

  /// Which option decides what this breaks, so that both together make no sense.
  var contradicts: (suite: Bool, group: Bool, keyType: Bool, noClientCert: Bool, paper: Bool) {
    switch self {
    case .noCommonSuite: (true, false, false, false, true)
    case .noCommonGroup: (false, true, false, false, true)
    case .noCommonSignature: (true, false, true, false, true)
    case .keyTransport: (true, true, false, false, true)
    case .tamperedHello: (true, false, false, false, true)
    case .noClientCert, .untrustedClient, .expiredClient, .wrongEKUClient: (false, false, false, true, false)
    case .tamperedKeyExchange, .wrongKeyUsage: (false, false, false, false, true)
    case .expired, .notYetValid, .wrongHost, .noNames, .untrusted, .selfSigned, .missingIntermediate, .wrongEKU,
      .alpnMismatch, .wrongVersion, .noEMS, .tamperedCertificate, .tamperedRecord, .repeatedRecord, .truncated,
      .notTLS, .silent:
      (false, false, false, false, false)
    case .downgrade: (true, false, false, false, true)
    }
  }

  /// Why there is nothing of the kind to break in that version; nil: there is.
  func absence(in version: VersionArgument) -> String? {
    switch (self, version) {
    case (.keyTransport, .tls13): "TLS 1.3 has no RSA key transport, so that there is nothing to forbid"
    case (.noEMS, .tls13):
      "TLS 1.3 has no extended_master_secret to strike off: all its secrets hang on the whole handshake anyway"
    case (.tamperedCertificate, .tls13):
      "TLS 1.3 encrypts the certificate, so that a relay cannot tell which bit to flip; see tampered-record"
    case (.downgrade, .tls12): "there is no older version to fall to; pass --version 1.3"
    default: nil
    }
  }

  func bend(_ plan: inout DemoPlan) {
    let day: Int64 = 86_400
    switch self {
    case .expired: (plan.server.notBefore, plan.server.notAfter) = (-30 * day, -day)
    case .notYetValid: (plan.server.notBefore, plan.server.notAfter) = (day, 30 * day)
    case .wrongHost: plan.reference = "elsewhere.handfast.test"
    case .noNames: (plan.server.names, plan.serverHasOtherIdentity) = ([], false)
    case .untrusted: plan.clientTrustsRoot = false
    case .selfSigned: plan.server.signer = .selfSigned
    case .missingIntermediate: plan.server.sendsIntermediate = false
    case .wrongEKU: plan.server.purpose = .clientAuth
    case .wrongKeyUsage: plan.server.keyUsage = ["keyAgreement"]
    case .noClientCert: plan.clientHasFittingIdentity = false
    case .untrustedClient: (plan.clientIsIssuedElsewhere, plan.announcesAuthorities) = (true, false)
    case .expiredClient: (plan.client.notBefore, plan.client.notAfter) = (-30 * day, -day)
    case .wrongEKUClient: plan.client.purpose = .serverAuth
    case .noCommonSuite:
      plan.suites.client = plan.suites.client.filter { $0.aead != .chaCha20Poly1305 }
      plan.suites.server = plan.suites.server.filter { $0.aead == .chaCha20Poly1305 }
    case .noCommonGroup: plan.groups = (client: [.x25519], server: [.secp384r1, .secp521r1])
    case .noCommonSignature: plan.clientSchemes = [.ed25519]
    case .keyTransport: (plan.suites.client, plan.rsaKeyTransport.client) = (.rsaKeyTransport, .allowedAgainstRFC10015)
    case .alpnMismatch: plan.protocols = (client: ["h2"], server: ["http/1.1"])
    case .wrongVersion: plan.tampering = .offersTLS10
    case .downgrade:
      plan.versions = .recommended
      plan.suites = (.recommended, .recommended)
      plan.tampering = .strikesTLS13
    case .noEMS: plan.tampering = .strikesExtendedMasterSecret
    case .tamperedHello: plan.tampering = .strikesSuites
    case .tamperedCertificate: plan.tampering = .changesCertificate
    case .tamperedKeyExchange: plan.tampering = .changesKeyExchange
    case .tamperedRecord: plan.tampering = .changesRecord
    case .repeatedRecord: plan.tampering = .repeatsRecord
    // Without a ticket the first thing that the server says after the handshake is its answer.
    case .truncated: (plan.tampering, plan.givesTicket) = (.cuts, false)
    case .notTLS: plan.tampering = .speaksHTTP
    case .silent: (plan.tampering, plan.handshakeSeconds) = (.staysSilent, 1)
    }
  }

  /// Who finds the fault.
  func finder(in version: ProtocolVersion) -> Side {
    switch self {
    // The server's keys hang on the ClientHello that it got, and the client is the first to need them.
    case .tamperedHello where version == .tls13: .client
    case .expired, .notYetValid, .wrongHost, .noNames, .untrusted, .selfSigned, .missingIntermediate, .wrongEKU,
      .wrongKeyUsage, .downgrade, .tamperedCertificate, .tamperedKeyExchange, .truncated, .notTLS, .silent:
      .client
    case .noClientCert, .untrustedClient, .expiredClient, .wrongEKUClient, .noCommonSuite, .noCommonGroup,
      .noCommonSignature, .keyTransport, .alpnMismatch, .wrongVersion, .noEMS, .tamperedHello, .tamperedRecord,
      .repeatedRecord:
      .server
    }
  }

  /// Whether this is the error by which the finder shall find it.
  func isFound(by error: TLSError) -> Bool {
    switch self {
    case .expired, .expiredClient: error.rejection == .expired
    case .notYetValid: error.rejection == .notYetValid
    case .wrongHost: error.rejection == .wrongName
    case .noNames: error.rejection == .noNames
    case .untrusted, .missingIntermediate, .untrustedClient: error.rejection == .unknownIssuer
    case .selfSigned: error.rejection == .selfSigned
    case .wrongEKU, .wrongEKUClient: error.rejection == .extendedKeyUsage
    case .wrongKeyUsage: error.rejection == .keyUsage
    case .tamperedCertificate: error.rejection != nil
    case .noClientCert: error == .certificateMissing(.client) || error == .clientCertificateRequired
    case .noCommonSuite, .keyTransport: if case .noCommonCipherSuite = error { true } else { false }
    case .noCommonGroup: if case .noCommonGroup = error { true } else { false }
    case .noCommonSignature:
      switch error {
      case .noFittingIdentity, .noCommonSignatureScheme: true
      default: false
      }
    case .alpnMismatch: if case .noCommonApplicationProtocol = error { true } else { false }
    case .wrongVersion: error == .versionNotSupported(offered: .tls10)
    case .downgrade: error == .downgradeDetected
    case .noEMS: error == .extendedMasterSecretMissing
    case .tamperedHello: error.tellsOfTampering
    case .tamperedKeyExchange:
      // TLS 1.3: the two sides then have different keys, or the value is no point of the curve.
      switch error {
      case .badSignature(in: .serverKeyExchange, _), .badRecordMAC, .invalidKeyShare: true
      default: false
      }
    case .tamperedRecord, .repeatedRecord: if case .badRecordMAC = error { true } else { false }
    case .truncated: error == .truncated
    case .notTLS: if case .notTLS = error { true } else { false }
    case .silent: error == .handshakeTimedOut(seconds: 1)
    }
  }
}

extension TLSError {
  fileprivate var rejection: CertificateRejection.Reason? {
    if case .certificateRejected(let rejection) = self { rejection.reason } else { nil }
  }

  /// By a signature over the handshake where the client makes one; otherwise by keys that do not fit, or by Finished.
  fileprivate var tellsOfTampering: Bool {
    switch self {
    case .badSignature(in: .certificateVerify, _), .badRecordMAC, .badFinished: true
    default: false
    }
  }
}
