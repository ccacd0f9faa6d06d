import HandfastCore
package import HandfastTrust
package import HandfastWire

/// A diagnosis in plain lines, each with its label, what happened said before. What to do comes last but for other candidates.
package struct DiagnosisText {
  package struct Line: Hashable {
    package let label: String
    package let text: String
  }

  /// One for each thing that there is to say.
  package let lines: [Line]
  /// The same for a log: at most five lines, which make six with the one that says what happened.
  package let summary: [Line]

  /// - Parameter told: The alert that the peer was sent.
  package init(_ diagnosis: Diagnosis, told: AlertDescription? = nil) {
    lines = Self.full(diagnosis)
    summary = Self.short(diagnosis, told: told)
  }

  private static func short(_ diagnosis: Diagnosis, told: AlertDescription?) -> [Line] {
    let whose = diagnosis.fault.map { "the \($0)'s fault" } ?? "whose fault cannot be told from here"
    let comparison = [diagnosis.expected.map { "expected \($0)" }, diagnosis.found.map { "found \($0)" }]
      .compactMap { $0 }.joined(separator: ", ")
    let concerned = diagnosis.certificate?.phrase ?? diagnosis.parameter
    let rule = [diagnosis.rule, told.map { "the peer was told \($0), no more" }].compactMap { $0 }
    let others = diagnosis.others.prefix(3).map { $0.alternative(to: diagnosis) }
    let all: [Line?] = [
      Line(
        label: "cause",
        text: "\(diagnosis.cause.rawValue) (\(diagnosis.certainty.rawValue); \(whose)). \(diagnosis.basis)"),
      concerned.map { phrase in
        Line(
          label: diagnosis.certificate == nil ? "parameter" : "certificate",
          text: comparison.isEmpty ? phrase : "\(phrase); \(comparison)")
      },
      rule.isEmpty ? nil : Line(label: "rule", text: rule.joined(separator: "; ")),
      Line(
        label: "what to do",
        text: diagnosis.placedRemedy + (diagnosis.remedy.command.map { " To look into it: \($0)" } ?? "")),
      others.isEmpty ? nil : Line(label: "or", text: others.joined(separator: "; ")),
    ]
    return all.compactMap { $0 }
  }

  private static func full(_ diagnosis: Diagnosis) -> [Line] {
    let whose = diagnosis.fault.map { "the \($0)'s" } ?? "cannot be told from here"
    let concerned =
      diagnosis.certificate.map { Line(label: "certificate", text: $0.phrase) }
      ?? diagnosis.parameter.map { Line(label: "parameter", text: $0) }
    let all: [Line?] = [
      Line(label: "cause", text: "\(diagnosis.cause.rawValue), \(diagnosis.certainty.rawValue): \(diagnosis.basis)"),
      concerned, diagnosis.comparison.map { Line(label: $0.label, text: $0.text) },
      diagnosis.rule.map { Line(label: "rule", text: $0) }, Line(label: "whose fault", text: whose),
      Line(label: "what to do", text: diagnosis.placedRemedy),
      diagnosis.remedy.command.map { Line(label: "command", text: $0) },
    ]
    return all.compactMap { $0 }
      + diagnosis.others.prefix(3).map { Line(label: "or", text: $0.alternative(to: diagnosis)) }
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

  /// "intermediate-missing (possible): an intermediate certificate was not sent".
  fileprivate func alternative(to first: Diagnosis) -> String {
    let subject = certificate == first.certificate ? nil : certificate?.subject
    return "\(cause.rawValue) (\(certainty.rawValue)): \(cause.title)" + (subject.map { ": \($0)" } ?? "")
  }

  /// "On the server: ...", where the text does not say so itself.
  fileprivate var placedRemedy: String {
    guard let side = remedy.side else { return remedy.text }
    let isPlaced = ["On the", "On this"].contains { remedy.text.hasPrefix("\($0) \(side): ") }
    return isPlaced ? remedy.text : "On the \(side): \(remedy.text)"
  }
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
