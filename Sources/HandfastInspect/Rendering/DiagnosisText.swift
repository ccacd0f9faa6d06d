import HandfastCore
package import HandfastTrust

/// A diagnosis in plain lines, each with its label. What happened comes first, and what to do last but for other candidates.
package struct DiagnosisText {
  package struct Line: Hashable {
    package let label: String
    package let text: String
  }

  package let lines: [Line]

  package init(_ diagnosis: Diagnosis) {
    let whose = diagnosis.fault.map { "the \($0)'s" } ?? "cannot be told from here"
    let concerned =
      diagnosis.certificate.map { Line(label: "certificate", text: $0.phrase) }
      ?? diagnosis.parameter.map { Line(label: "parameter", text: $0) }
    let place = diagnosis.remedy.side.map { "On the \($0): " } ?? ""
    let all: [Line?] = [
      Line(label: "cause", text: "\(diagnosis.cause.rawValue), \(diagnosis.certainty.rawValue): \(diagnosis.basis)"),
      concerned, diagnosis.comparison.map { Line(label: $0.label, text: $0.text) },
      diagnosis.rule.map { Line(label: "rule", text: $0) }, Line(label: "whose fault", text: whose),
      Line(label: "what to do", text: place + diagnosis.remedy.text),
      diagnosis.remedy.command.map { Line(label: "command", text: $0) },
    ]
    lines = all.compactMap { $0 } + diagnosis.others.prefix(3).map { Line(label: "or", text: $0.alternative) }
  }
}

extension Diagnosis {
  fileprivate var comparison: (label: String, text: String)? {
    switch (expected, found) {
    case (let expected?, let found?): ("expected", "\(expected); found: \(found)")
    case (let expected?, nil): ("expected", expected)
    case (nil, let found?): ("found", found)
    case (nil, nil): nil
    }
  }

  /// "intermediate-missing, possible: ...".
  fileprivate var alternative: String { "\(cause.rawValue), \(certainty.rawValue): \(cause.title)" }
}

extension CertificateReference {
  /// "the server's leaf certificate (CN=a.example, SHA-256 1f2e3d4c...)".
  package var phrase: String {
    let place =
      switch position {
      case 0: "leaf certificate"
      case .some(let position): "certificate \(position) (the leaf is 0)"
      case nil: "chain"
      }
    let digest = fingerprint.map { "SHA-256 \(hexText(Array($0.prefix(8))))..." }
    let known = [subject, digest].compactMap { $0 }.joined(separator: ", ")
    return "the \(owner)'s \(place)" + (known.isEmpty ? "" : " (\(known))")
  }
}
