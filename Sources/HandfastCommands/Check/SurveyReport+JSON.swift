import Foundation
import Handfast
import HandfastCore
import HandfastInspect
import HandfastTrust
import HandfastWire

extension SurveyReport {
  /// One object, keys in alphabetical order.
  func json() throws -> String { try prettyJSON(document) }

  private var document: Document {
    Document(
      target: target, serverName: reference.description, connections: survey.connections,
      versions: survey.versions.map {
        .init(version: $0.version.description, accepted: $0.refusal == nil, detail: $0.refusal)
      },
      cipherSuites13: .init(survey.suites13), groups13: .init(survey.groups13),
      cipherSuites: .init(survey.suites), otherCipherSuite: survey.foreignSuite?.description,
      groups: .init(survey.groups), applicationProtocols: .init(survey.protocols),
      chain: survey.chain.map { CertificateDocument($0) }, judgement: survey.verdict.map(JudgementDocument.init),
      judgedBy: trustName,
      certificateRequest: survey.certificateRequest.map(Document.Request.init),
      otherCertificateRequests: survey.requests.dropFirst().map(Document.Request.init),
      withoutCertificate: survey.bare.map(TrialDocument.init),
      candidates: zip(survey.candidates, survey.unfitness).map {
        .init(label: $0.label, ruledOut: $0.ruledOut?.description, unfitAsClient: $1)
      },
      withCertificate: survey.mutual.map(TrialDocument.init), works: needs.isEmpty, needs: needs.map(\.text))
  }

  private struct Document: Encodable {
    struct Version: Encodable {
      let version: String
      let accepted: Bool
      let detail: String?
    }
    struct Accepted: Encodable {
      let accepted: [String]
      let gap: String?
      init(_ list: PeerSurvey.Accepted<some CustomStringConvertible & Sendable>) {
        accepted = list.values.map(\.description)
        gap = list.gap
      }
    }
    struct Request: Encodable {
      let version: String
      let certificateTypes: [String]
      let signatureSchemes: [String]
      let authorities: [String]
      /// The object identifiers of certificate extensions that are asked for, in DER.
      let filters: [String]

      init(_ request: PeerSurvey.Request) {
        version = request.version.description
        certificateTypes = request.certificateTypes.map(\.description)
        signatureSchemes = request.accepted.signatureSchemes.map(\.description)
        authorities = request.accepted.authorities.map(SurveyReport.name)
        filters = request.accepted.filters.map { hexText($0.oid) }
      }
    }
    struct Candidate: Encodable {
      let label: String
      let ruledOut: String?
      /// What is wrong with it as a client's, whoever asks.
      let unfitAsClient: [String]
    }
    let target: String
    let serverName: String
    let connections: Int
    let versions: [Version]
    let cipherSuites13: Accepted
    let groups13: Accepted
    let cipherSuites: Accepted
    let otherCipherSuite: String?
    let groups: Accepted
    let applicationProtocols: Accepted
    let chain: [CertificateDocument]
    let judgement: JudgementDocument?
    let judgedBy: String
    let certificateRequest: Request?
    let otherCertificateRequests: [Request]
    let withoutCertificate: TrialDocument?
    let candidates: [Candidate]
    let withCertificate: TrialDocument?
    let works: Bool
    let needs: [String]
  }
}

func prettyJSON(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}

/// How a chain was judged.
struct JudgementDocument: Encodable {
  struct Check: Encodable {
    let rule: String
    let outcome: String
    let position: Int?
    let detail: String

    init(_ check: CertificateCheck) {
      rule = check.rule.rawValue
      outcome = check.outcome.rawValue
      position = check.position
      detail = check.detail
    }
  }
  let trusted: Bool
  let reason: String?
  let detail: String?
  let anchor: String?
  let checks: [Check]

  init(_ verdict: Verdict) {
    switch verdict {
    case .trusted(let peer):
      (trusted, reason, detail, anchor) = (true, nil, nil, peer.path.last?.subject)
      checks = peer.checks.map(Check.init)
    case .rejected(let peer):
      (trusted, reason, detail, anchor) = (false, peer.rejection.reason.rawValue, peer.rejection.detail, nil)
      checks = peer.checks.map(Check.init)
    @unknown default: (trusted, reason, detail, anchor, checks) = (false, nil, nil, nil, [])
    }
  }

  init(checks list: [CertificateCheck], path: [CertificateDescription]) {
    let failed = list.first { $0.outcome == .failed }
    (trusted, reason, detail, anchor) = (failed == nil, failed?.rule.rawValue, failed?.detail, path.last?.subject)
    checks = list.map(Check.init)
  }
}

/// What became of a handshake.
struct TrialDocument: Encodable {
  let complete: Bool
  /// Whether the server has shown that it accepts this side.
  let confirmed: Bool
  let version: String?
  let cipherSuite: String?
  let group: String?
  let alertReceived: String?
  let detail: String?

  init(_ trial: PeerSurvey.Trial) {
    complete = trial.isComplete
    confirmed = trial.isComplete && trial.isConfirmed
    version = trial.negotiated?.version.description
    cipherSuite = trial.negotiated?.cipherSuite.description
    group = trial.negotiated?.group?.description
    alertReceived = trial.alertReceived?.description
    detail = trial.failure?.diagnosis.explanation ?? trial.networkError
  }
}
