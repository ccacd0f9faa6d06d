public import HandfastWire

/// What was chosen, by which rule, and what ruled out the rest.
public struct Choice: Hashable, Sendable {
  @nonexhaustive public enum Subject: String, Hashable, Sendable {
    case version
    case cipherSuite
    case group
    case signatureScheme
    case applicationProtocol
    case serverIdentity
    case clientIdentity
    case clientCertificateType
    case extendedMasterSecret
    case maxFragmentLength
    case recordSizeLimit
    case compression
  }
  public struct Candidate: Hashable, Sendable, CustomReflectable {
    public var label: String { name.text }
    /// Nil for the chosen one.
    public let ruledOut: RuledOut?
    private let name: Name

    /// An identity is named when somebody asks: each handshake considers some, and few are told. Its key is not kept.
    private enum Name: Sendable {
      case said(String)
      case identity(CertificateDescription?, KeyKind)

      var text: String {
        switch self {
        case .said(let text): text
        case .identity(let leaf, let key): Identity.label(leaf, key)
        }
      }
    }

    package init(_ label: String, _ ruledOut: RuledOut?) {
      self.ruledOut = ruledOut
      name = .said(label)
    }

    package init(_ identity: Identity, _ ruledOut: RuledOut?) {
      self.ruledOut = ruledOut
      name = .identity(identity.certificates.first, identity.keyKind)
    }

    public static func == (one: Self, other: Self) -> Bool {
      one.ruledOut == other.ruledOut && one.label == other.label
    }

    public func hash(into hasher: inout Hasher) {
      hasher.combine(label)
      hasher.combine(ruledOut)
    }

    /// What it says, and not how it is kept: events are printed.
    public var customMirror: Mirror {
      Mirror(self, children: ["label": label, "ruledOut": ruledOut as Any], displayStyle: .struct)
    }
  }
  public let subject: Subject
  /// Nil: nothing fitted.
  public let chosen: String?
  /// The rule in one plain sentence.
  public let rule: String
  /// In the order they were considered.
  public let candidates: [Candidate]

  package init(_ subject: Subject, chosen: String?, rule: String, candidates: [Candidate] = []) {
    self.subject = subject
    self.chosen = chosen
    self.rule = rule
    self.candidates = candidates
  }
}

/// What drops a candidate.
@nonexhaustive public enum RuledOut: Hashable, Sendable {
  case notOfferedByPeer
  case notChosenByPeer
  case notEnabledHere
  case lessPreferred
  case noIdentityWithKey(String)
  case noCommonGroup
  case noCommonSignatureScheme
  case rsaKeyTransportForbidden
  case nameDoesNotMatch(String)
  case certificateTypeNotAccepted(ClientCertificateType)
  /// An X.509 chain where raw public keys were agreed on, or the other way round (RFC 7250).
  case certificateTypeNotAgreed(CertificateType)
  case issuerNotAmongAuthorities(issuer: String)
  case curveNotSupportedByPeer(NamedGroup)
  case keyDoesNotFitSuite
  case signalNotSuite
  /// The version that was chosen cannot use it.
  case notInThisVersion(ProtocolVersion)
  /// The client sent no key share for it.
  case noKeyShare
  /// A certificate without what the server's filter for this extension wants (the OID in DER).
  case filterNotMatched(oid: [UInt8])
}

extension RuledOut: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notOfferedByPeer: "the peer does not offer it"
    case .notChosenByPeer: "the peer did not choose it"
    case .notEnabledHere: "not enabled on this side"
    case .lessPreferred: "fits, but another one is preferred"
    case .noIdentityWithKey(let key): "no eligible certificate has an \(key) key"
    case .noCommonGroup: "no group for ECDHE in common"
    case .noCommonSignatureScheme: "the peer verifies no signature that this key can make"
    case .rsaKeyTransportForbidden: "RSA key transport is off (RFC 10015: MUST NOT)"
    case .nameDoesNotMatch(let name): "its names do not include \(name)"
    case .certificateTypeNotAccepted(let type): "the peer does not accept \(type) certificates"
    case .certificateTypeNotAgreed(let type): "it is of type \(type), on which the two sides have not agreed"
    case .issuerNotAmongAuthorities(let issuer): "its issuer (\(issuer)) is not among the authorities the peer accepts"
    case .curveNotSupportedByPeer(let group): "the peer does not support the key's curve \(group)"
    case .keyDoesNotFitSuite: "its key does not fit the cipher suite"
    case .notInThisVersion(let version): "\(version) cannot use it"
    case .noKeyShare: "the client sent no key share for it, and one for another group"
    case .filterNotMatched: "it lacks an extension value that the server's filter wants"
    case .signalNotSuite: "a signal, not a suite"
    }
  }
}
