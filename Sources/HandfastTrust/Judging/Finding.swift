import HandfastCore

/// What one rule says about one certificate.
struct Finding {
  let rule: CertificateCheck.Rule
  let outcome: CertificateCheck.Outcome
  /// Set when it failed.
  let reason: CertificateRejection.Reason?
  /// Worded when somebody reads it: most handshakes nobody looks at.
  private let words: @Sendable () -> String
  var detail: String { words() }

  static func passed(
    _ rule: CertificateCheck.Rule, _ detail: @autoclosure @escaping @Sendable () -> String
  ) -> Finding {
    Finding(rule: rule, outcome: .passed, reason: nil, words: detail)
  }

  static func warned(
    _ rule: CertificateCheck.Rule, _ detail: @autoclosure @escaping @Sendable () -> String
  ) -> Finding {
    Finding(rule: rule, outcome: .warned, reason: nil, words: detail)
  }

  static func failed(
    _ rule: CertificateCheck.Rule, _ reason: CertificateRejection.Reason,
    _ detail: @autoclosure @escaping @Sendable () -> String
  ) -> Finding {
    Finding(rule: rule, outcome: .failed, reason: reason, words: detail)
  }

  /// The same, for whoever does not see which certificate it is about.
  func naming(_ fields: CertificateFields) -> Finding {
    Finding(rule: rule, outcome: outcome, reason: reason) { "\(fields.subject.text): \(detail)" }
  }

  /// The detail, when it failed.
  var failure: String? { reason == nil ? nil : detail }

  func check(at position: Int?) -> CertificateCheck {
    CertificateCheck(rule: rule, outcome: outcome, position: position, wordedBy: words)
  }
}
