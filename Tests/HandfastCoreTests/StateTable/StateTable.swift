import HandfastCore
import Testing

/// What can arrive. Each has a form that is valid by itself, and is the right one where it is awaited.
enum Arrival: String, CaseIterable {
  case helloRequest = "HRq"
  case clientHello = "CHl"
  case serverHello = "SHl"
  case certificate = "Crt"
  case serverKeyExchange = "SKE"
  case certificateRequest = "CRq"
  case serverHelloDone = "SHD"
  case certificateVerify = "CVf"
  case clientKeyExchange = "CKE"
  case finished = "Fin"
  /// A handshake message of a type that nobody knows.
  case unknown = "???"
  case changeCipherSpec = "CCS"
  case warning = "wrn"
  case fatal = "fat"
  case closeNotify = "bye"
  case applicationData = "dat"
}

/// Every state of both roles against everything that can arrive there.
///
///     ok   the connection moves on          --   passed over, nothing happens
///     um   fatal unexpected_message         no   refused with a warning, no_renegotiation
///     wt   waits, unread, for an answer     end  the peer has ended it; nothing is sent
///     dat  handed to the owner              bye  the peer has closed properly
///     old  the connection has ended before
struct StateTable {
  static let text = """
    server                                       HRq CHl SHl Crt SKE CRq SHD CVf CKE Fin ??? CCS wrn fat bye dat
    awaitingClientHello                          um  ok  um  um  um  um  um  um  um  um  um  um  --  end end um
    awaitingServerIdentity                       wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt
    awaitingServerSignature                      wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt
    awaitingClientCertificate                    um  um  um  ok  um  um  um  um  um  um  um  um  --  end end um
    awaitingClientVerdict                        wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt
    awaitingClientKeyExchange                    um  um  um  um  um  um  um  um  ok  um  um  um  --  end end um
    awaitingCertificateVerify                    um  um  um  um  um  um  um  ok  um  um  um  um  --  end end um
    awaitingChangeCipherSpec                     um  um  um  um  um  um  um  um  um  um  um  ok  --  end end um
    awaitingFinished                             um  um  um  um  um  um  um  um  um  ok  um  um  --  end end um
    established                                  um  no  um  um  um  um  um  um  um  um  um  um  --  end bye dat
    closed                                       --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --
    failed                                       old old old old old old old old old old old old old old old old

    client                                       HRq CHl SHl Crt SKE CRq SHD CVf CKE Fin ??? CCS wrn fat bye dat
    awaitingServerHello                          --  um  ok  um  um  um  um  um  um  um  um  um  --  end end um
    awaitingServerCertificate                    --  um  um  ok  um  um  um  um  um  um  um  um  --  end end um
    awaitingCertificateStatus                    --  um  um  um  ok  um  um  um  um  um  um  um  --  end end um
    awaitingServerVerdict                        wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt
    awaitingServerKeyExchange                    --  um  um  um  ok  um  um  um  um  um  um  um  --  end end um
    awaitingCertificateRequestOrServerHelloDone  --  um  um  um  um  ok  ok  um  um  um  um  um  --  end end um
    awaitingServerHelloDone                      --  um  um  um  um  um  ok  um  um  um  um  um  --  end end um
    awaitingClientIdentity                       wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt
    awaitingClientSignature                      wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt
    awaitingChangeCipherSpec                     --  um  um  um  um  um  um  um  um  um  um  ok  --  end end um
    awaitingFinished                             --  um  um  um  um  um  um  um  um  ok  um  um  --  end end um
    established                                  no  um  um  um  um  um  um  um  um  um  um  um  --  end bye dat
    closed                                       --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --
    failed                                       old old old old old old old old old old old old old old old old
    """

  struct Row: Sendable, CustomTestStringConvertible {
    let side: Side
    let step: HandshakeStep
    /// In the order of `Arrival`.
    let cells: [String]

    var testDescription: String { "\(side.rawValue) \(step.rawValue)" }
  }

  /// Nil when the text is not as it should be.
  static let rows: [Row]? = {
    var rows: [Row] = []
    var side: Side?
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if let heading = Side(rawValue: words[0]) {
        side = heading
        guard Array(words.dropFirst()) == Arrival.allCases.map(\.rawValue) else { return nil }
        continue
      }
      guard let side, let step = HandshakeStep(rawValue: words[0]), words.count == Arrival.allCases.count + 1 else {
        return nil
      }
      rows.append(Row(side: side, step: step, cells: Array(words.dropFirst())))
    }
    return rows
  }()
}
