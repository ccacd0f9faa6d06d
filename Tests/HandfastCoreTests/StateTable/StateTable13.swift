import HandfastCore
import HandfastTestKit
import Testing

/// What can arrive in TLS 1.3, each under the keys that its sender has, and each the right one where it is awaited.
enum Arrival13: String, CaseIterable {
  case helloRequest = "HRq"
  case clientHello = "CHl"
  case serverHello = "SHl"
  case retryRequest = "HRR"
  case encryptedExtensions = "EEx"
  case certificateRequest = "CRq"
  case certificate = "Crt"
  case certificateVerify = "CVf"
  case finished = "Fin"
  case endOfEarlyData = "EOD"
  case newSessionTicket = "NST"
  case keyUpdate = "KUp"
  case serverHelloDone = "SHD"
  case clientKeyExchange = "CKE"
  case messageHash = "MsH"
  /// A handshake message of a type that nobody knows.
  case unknown = "???"
  /// A Finished in clear, whatever the keys.
  case clear = "clr"
  /// The dummy ChangeCipherSpec, in clear as it must be.
  case changeCipherSpec = "CCS"
  /// A ChangeCipherSpec of another value, in clear.
  case badChangeCipherSpec = "ccs"
  /// A ChangeCipherSpec under the keys, if there are any.
  case protectedChangeCipherSpec = "pCC"
  case warning = "wrn"
  case fatal = "fat"
  case closeNotify = "bye"
  case applicationData = "dat"
}

/// Every state of TLS 1.3, of both roles, against everything that can arrive there.
///
///     ok   the connection moves on          --   passed over, nothing happens
///     um   fatal unexpected_message         de   fatal decode_error
///     wt   waits, unread, for an answer     end  the peer has ended it; nothing is sent
///     dat  handed to the owner              bye  the peer has closed properly
///     old  the connection has ended before
struct StateTable13 {
  static let text = """
    server                                   HRq CHl SHl HRR EEx CRq Crt CVf Fin EOD NST KUp SHD CKE MsH ??? clr CCS ccs pCC wrn fat bye dat
    awaitingClientHello                      um  ok  um  um  um  um  um  um  um  um  um  um  um  um  um  um  um  um  de  um  --  end end um
    awaitingServerIdentity                   wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt
    awaitingServerSignature                  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt
    awaitingSecondClientHello                um  ok  um  um  um  um  um  um  um  um  um  um  um  um  um  um  um  --  um  --  --  end end um
    awaitingClientCertificate                um  um  um  um  um  um  ok  um  um  um  um  um  um  um  um  um  um  --  um  um  --  end end um
    awaitingClientVerdict                    wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt
    awaitingCertificateVerify                um  um  um  um  um  um  um  ok  um  um  um  um  um  um  um  um  um  --  um  um  --  end end um
    awaitingEndOfEarlyData                   um  um  um  um  um  um  um  um  um  ok  um  um  um  um  um  um  um  --  um  um  --  end end dat
    awaitingFinished                         um  um  um  um  um  um  um  um  ok  um  um  um  um  um  um  um  um  --  um  um  --  end end um
    established                              um  um  um  um  um  um  um  um  um  um  um  --  um  um  um  um  um  um  um  um  --  end bye dat
    closed                                   --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --
    failed                                   old old old old old old old old old old old old old old old old old old old old old old old old

    client                                   HRq CHl SHl HRR EEx CRq Crt CVf Fin EOD NST KUp SHD CKE MsH ??? clr CCS ccs pCC wrn fat bye dat
    awaitingServerHello                      --  um  ok  ok  um  um  um  um  um  um  um  um  um  um  um  um  um  --  de  --  --  end end um
    awaitingServerHello/retried              --  um  ok  um  um  um  um  um  um  um  um  um  um  um  um  um  um  --  um  --  --  end end um
    awaitingEncryptedExtensions              um  um  um  um  ok  um  um  um  um  um  um  um  um  um  um  um  um  --  um  um  --  end end um
    awaitingCertificateOrCertificateRequest  um  um  um  um  um  ok  ok  um  um  um  um  um  um  um  um  um  um  --  um  um  --  end end um
    awaitingServerCertificate                um  um  um  um  um  um  ok  um  um  um  um  um  um  um  um  um  um  --  um  um  --  end end um
    awaitingServerVerdict                    wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt
    awaitingCertificateVerify                um  um  um  um  um  um  um  ok  um  um  um  um  um  um  um  um  um  --  um  um  --  end end um
    awaitingFinished                         um  um  um  um  um  um  um  um  ok  um  um  um  um  um  um  um  um  --  um  um  --  end end um
    awaitingClientIdentity                   wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt
    awaitingClientSignature                  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt  wt
    awaitingConfirmation                     um  um  um  um  um  um  um  um  um  um  ok  --  um  um  um  um  um  um  um  um  --  end bye dat
    established                              um  um  um  um  um  um  um  um  um  um  --  --  um  um  um  um  um  um  um  um  --  end bye dat
    closed                                   --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --  --
    failed                                   old old old old old old old old old old old old old old old old old old old old old old old old
    """

  struct Row: Sendable, CustomTestStringConvertible {
    let side: Side
    let step: HandshakeStep
    /// After a HelloRetryRequest.
    let isRetried: Bool
    /// In the order of `Arrival13`.
    let cells: [String]

    var testDescription: String { "\(side.rawValue) \(step.rawValue)\(isRetried ? " once more" : "")" }

    func sender() throws -> any Sender13 {
      side == .server
        ? try ServerUnderTest13(in: step) : try ClientUnderTest13(in: step, isRetried: isRetried)
    }
  }

  /// Nil when the text is not as it should be.
  static let rows: [Row]? = {
    var rows: [Row] = []
    var side: Side?
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if let heading = Side(rawValue: words[0]) {
        side = heading
        guard Array(words.dropFirst()) == Arrival13.allCases.map(\.rawValue) else { return nil }
        continue
      }
      let name = words[0].split(separator: "/")
      guard let side, let step = HandshakeStep(rawValue: String(name[0])),
        words.count == Arrival13.allCases.count + 1
      else { return nil }
      rows.append(Row(side: side, step: step, isRetried: name.count == 2, cells: Array(words.dropFirst())))
    }
    return rows
  }()
}
