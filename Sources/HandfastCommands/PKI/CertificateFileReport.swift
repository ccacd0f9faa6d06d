import Foundation
import Handfast
import HandfastCore
import HandfastInspect
import HandfastTrust

/// What `pki show` says of a file.
struct CertificateFileReport {
  let file: String
  let explanation: ChainExplanation
  let keys: [CertificateFile.KeyContent]
  let otherBlocks: [String]

  /// The keys' owner decides too: with another's key a certificate proves nothing.
  private var uses: [ChainExplanation.Use] {
    let fitting = keyFindings.map(\.fits)
    guard fitting.contains(false), !fitting.contains(true) else { return explanation.uses }
    return explanation.uses.map { use in
      guard use.role != .authority else { return use }
      return use.unfit(because: "The private key does not belong to it: a peer would refuse its signatures.")
    }
  }

  private var leaf: ExplainedCertificate? { explanation.chain.first.map { explanation.certificates[$0] } }

  /// A key of the file, and whether it goes with the chain's own certificate.
  private var keyFindings: [(text: String, fits: Bool?)] {
    keys.map { key in
      switch key {
      case .encrypted: ("a private key, encrypted: whose it is cannot be told without the passphrase", nil)
      case .unusable(let what): ("a private key that cannot be used: \(what)", nil)
      case .usable(let kind, let encoding, _):
        switch leaf.flatMap({ key.belongs(to: $0.der) }) {
        case true?: ("a private key (\(kind), \(encoding)) that belongs to the certificate", true)
        case false?: ("a private key (\(kind), \(encoding)) that does NOT belong to the certificate", false)
        case nil: ("a private key (\(kind), \(encoding))", nil)
        }
      }
    }
  }
}

// MARK: - Text

extension CertificateFileReport {
  var lines: [NarrativeLine] {
    var lines = [NarrativeLine(text: "\(file): \(summary)", tone: .strong), blank]
    for (position, certificate) in explanation.certificates.enumerated() {
      lines += self.lines(of: certificate, at: position) + [blank]
    }
    let notes =
      explanation.remarks.map { line($0.isFault ? .failed : .warned, $0.text, $0.isFault ? .bad : .plain) }
      + keyFindings.map { finding in
        switch finding.fits {
        case true?: line(.passed, "There is \(finding.text).", .good)
        case false?: line(.failed, "There is \(finding.text).", .bad)
        case nil: line(.warned, "There is \(finding.text).", .plain)
        }
      } + otherBlocks.map { line(.passedOver, "A block of another kind is passed over: \($0).", .faint) }
    let end = explanation.anchor.map {
      [line(.passed, "It leads to \($0.subject), which is among the roots given.", .good)]
    }
    if !(notes + (end ?? [])).isEmpty { lines += (end ?? []) + notes + [blank] }
    return lines + uses.flatMap(lines(of:)) + tlsLines
  }

  private var blank: NarrativeLine { NarrativeLine(text: "") }

  private func line(
    _ mark: NarrativeLine.Mark, _ text: String, _ tone: NarrativeLine.Tone, depth: Int = 0
  ) -> NarrativeLine { NarrativeLine(depth: depth, mark: mark, text: text, tone: tone) }

  private var summary: String {
    let count = explanation.certificates.count
    switch count {
    case 0: return "no certificate"
    case 1: return "one certificate"
    default: return explanation.isBundle ? "\(count) roots, no chain" : "\(count) certificates"
    }
  }

  private func lines(of certificate: ExplainedCertificate, at position: Int) -> [NarrativeLine] {
    let item = certificate.description
    func field(_ label: String, _ text: String, _ tone: NarrativeLine.Tone = .plain) -> NarrativeLine {
      NarrativeLine(depth: 1, label: label, text: text, tone: tone)
    }
    var lines = [NarrativeLine(text: "\(position)  \(item.subject)  (\(certificate.kind.phrase))", tone: .strong)]
    guard certificate.kind != .unreadable else {
      return lines + certificate.checks.map { line(.failed, $0.detail, .bad, depth: 1) }
    }
    lines += [
      field("issuer", item.issuer), field("valid", "\(certificate.notBeforeText) to \(certificate.notAfterText)"),
    ]
    lines.append(field("key", item.key))
    lines.append(field("signed with", item.signatureAlgorithm))
    if !item.names.isEmpty { lines.append(field("names", item.names.joined(separator: ", "))) }
    lines.append(field("key usage", item.keyUsage.map { $0.joined(separator: ", ") } ?? "not said: any"))
    lines.append(field("purposes", item.extendedKeyUsage.map { $0.joined(separator: ", ") } ?? "not said: any"))
    if item.isCA {
      lines.append(
        field("authority", certificate.pathLength.map { "yes, path length \($0)" } ?? "yes, no limit to its paths"))
    }
    lines.append(field("serial", item.serialNumber, .faint))
    lines.append(field("SHA-256", hexText(item.fingerprint), .faint))
    lines += certificate.checks.filter { $0.outcome == .failed }.map { line(.failed, $0.detail, .bad, depth: 1) }
    return lines
  }

  private func lines(of use: ChainExplanation.Use) -> [NarrativeLine] {
    let names = use.names.isEmpty ? "" : " for \(use.names.joined(separator: ", "))"
    guard use.fits else {
      // That an end entity is no authority surprises nobody.
      guard use.role != .authority || leaf?.description.isCA == true else {
        return [line(.passedOver, "does not fit: authority, because it is an end entity's", .faint)]
      }
      return [line(.failed, "does not fit: \(use.role.rawValue), because", .bad)]
        + use.reasons.map { line(.item, $0, .plain, depth: 1) }
    }
    return [line(.passed, "fits: \(use.role.rawValue)\(names)", .good)]
      + use.cautions.map { line(.warned, $0, .caution, depth: 1) }
  }

  /// How each version of TLS chooses by such a key.
  private var tlsLines: [NarrativeLine] {
    guard let key = leaf?.keyKind, leaf?.description.isCA == false else { return [] }
    let terms = KeyTerms(key)
    let lines13 = [
      blank, NarrativeLine(text: "With this key, TLS 1.3", tone: .strong),
      NarrativeLine(depth: 1, label: "cipher suites", text: "all: they say nothing about the certificate"),
      NarrativeLine(depth: 1, label: "signatures", text: terms.schemes13.joined(separator: ", ")),
      NarrativeLine(
        depth: 1, label: "as a client",
        text:
          "is sent only if the server's CertificateRequest lists one of these signatures, and an authority of this chain "
          + "or none at all"),
      blank, NarrativeLine(text: "With this key, TLS 1.2", tone: .strong),
    ]
    guard let suites = terms.suites, let certificateType = terms.certificateType else {
      return lines13 + [
        NarrativeLine(depth: 1, label: "cipher suites", text: "none: TLS 1.3 alone has such signatures")
      ]
    }
    return lines13 + [
      NarrativeLine(depth: 1, label: "cipher suites", text: "those named TLS_\(suites)_..."),
      NarrativeLine(depth: 1, label: "signatures", text: terms.schemes.joined(separator: ", ")),
      NarrativeLine(
        depth: 1, label: "as a client",
        text:
          "is sent only if the server's CertificateRequest lists \(certificateType), one of these signatures, and "
          + "an authority of this chain or none at all"),
    ]
  }
}

/// What follows from the kind of a key.
private struct KeyTerms {
  /// Nil: TLS 1.2 has none for such a key.
  let suites: String?
  let schemes: [String]
  let schemes13: [String]
  let certificateType: String?

  init(_ kind: KeyKind) {
    suites = kind.authentication.map { "ECDHE_\($0.rawValue)" }
    schemes = kind.signatureSchemes.map(\.description)
    schemes13 = kind.signatureSchemes13.map(\.description)
    certificateType = kind.clientCertificateType?.description
  }
}

extension ExplainedCertificate.Kind {
  fileprivate var phrase: String {
    switch self {
    case .endEntity: "an end entity's"
    case .intermediate: "an authority's, under another"
    case .root: "self-signed"
    case .unreadable: "unreadable"
    }
  }
}

// MARK: - JSON

extension CertificateFileReport {
  /// One object, keys in alphabetical order.
  func json() throws -> String {
    let keyFindings = zip(keys, keyFindings).map { key, finding in
      Document.Key(kind: key.kindText, state: key.state, belongs: finding.fits)
    }
    let document = Document(
      file: file, isBundle: explanation.isBundle,
      certificates: explanation.certificates.map { CertificateDocument($0) }, chain: explanation.chain,
      anchor: explanation.anchor?.subject,
      remarks: explanation.remarks.map { .init(text: $0.text, isFault: $0.isFault) }, keys: keyFindings,
      uses: uses.map {
        .init(role: $0.role.rawValue, fits: $0.fits, names: $0.names, reasons: $0.reasons, cautions: $0.cautions)
      },
      tls: leaf?.keyKind.map(KeyTerms.init).map {
        .init(
          cipherSuites: $0.suites, signatureSchemes: $0.schemes, signatureSchemes13: $0.schemes13,
          clientCertificateType: $0.certificateType)
      })
    return try prettyJSON(document)
  }

  private struct Document: Encodable {
    struct Remark: Encodable {
      let text: String
      let isFault: Bool
    }
    struct Key: Encodable {
      let kind: String?
      let state: String
      let belongs: Bool?
    }
    struct Use: Encodable {
      let role: String
      let fits: Bool
      let names: [String]
      let reasons: [String]
      let cautions: [String]
    }
    struct Terms: Encodable {
      let cipherSuites: String?
      let signatureSchemes: [String]
      let signatureSchemes13: [String]
      let clientCertificateType: String?
    }
    let file: String
    let isBundle: Bool
    let certificates: [CertificateDocument]
    let chain: [Int]
    /// The root of --ca that it leads to.
    let anchor: String?
    let remarks: [Remark]
    let keys: [Key]
    let uses: [Use]
    let tls: Terms?
  }
}

extension CertificateFile.KeyContent {
  fileprivate var state: String {
    switch self {
    case .usable: "usable"
    case .encrypted: "encrypted"
    case .unusable: "unusable"
    }
  }
  fileprivate var kindText: String? {
    switch self {
    case .usable(let kind, _, _): kind.description
    case .encrypted, .unusable: nil
    }
  }
}

/// A certificate as the commands' JSON has it: the keys of the trace format, dates in words.
struct CertificateDocument: Encodable {
  let subject: String
  let issuer: String
  let notBefore: String
  let notAfter: String
  let key: String
  let signatureAlgorithm: String
  let names: [String]
  let isCA: Bool
  let keyUsage: [String]?
  let extendedKeyUsage: [String]?
  let serialNumber: String
  let fingerprint: String
  var kind: String?
  var problems: [String]?

  init(_ certificate: ExplainedCertificate) {
    self.init(certificate.description)
    kind = certificate.kind.rawValue
    problems = certificate.checks.filter { $0.outcome == .failed }.map(\.detail)
  }

  init(_ item: CertificateDescription) {
    subject = item.subject
    issuer = item.issuer
    notBefore = Date(timeIntervalSince1970: TimeInterval(item.notBefore)).formatted(.iso8601)
    notAfter = Date(timeIntervalSince1970: TimeInterval(item.notAfter)).formatted(.iso8601)
    key = item.key
    signatureAlgorithm = item.signatureAlgorithm
    names = item.names
    isCA = item.isCA
    keyUsage = item.keyUsage
    extendedKeyUsage = item.extendedKeyUsage
    serialNumber = item.serialNumber
    fingerprint = hexText(item.fingerprint)
  }
}
