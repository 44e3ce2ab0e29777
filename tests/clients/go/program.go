// Asks for a report, waits for it and downloads it, by what oapi-codegen makes of openapi.json.
//
// REPORTWIRE_HTTPS, AWS_REGION and AWS's variables for credentials: go run . FILE
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/google/uuid"

	"reportwire.example/program/client"
)

// sign returns an editor that signs each request with the credentials of the environment.
func sign(ctx context.Context) client.RequestEditorFn {
	known, err := config.LoadDefaultConfig(ctx)
	check(err)
	signer := v4.NewSigner()
	return func(ctx context.Context, request *http.Request) error {
		var body []byte
		if request.Body != nil {
			body, err = io.ReadAll(request.Body)
			if err != nil {
				return err
			}
			request.Body = io.NopCloser(bytes.NewReader(body))
		}
		keys, err := known.Credentials.Retrieve(ctx)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		return signer.SignHTTP(ctx, keys, request, hex.EncodeToString(sum[:]), "execute-api", known.Region, time.Now())
	}
}

func main() {
	ctx := context.Background()
	// A redirect leads to a link, which wants no Authorization header.
	plain := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	service, err := client.NewClientWithResponses(
		os.Getenv("REPORTWIRE_HTTPS"), client.WithRequestEditorFn(sign(ctx)), client.WithHTTPClient(plain),
	)
	check(err)

	id := uuid.New()
	var order client.Order
	check(order.FromReportOrder(client.ReportOrder{
		Definition: "sample",
		Parameters: &map[string]any{"delay": 3000, "amountOfRows": 100},
		Format:     aws.String("csv"),
	}))
	asked, err := service.GenerateReportWithResponse(ctx, id, nil, order)
	check(err)
	if asked.JSON201 == nil {
		log.Fatalf("no report: %s %s", asked.Status(), asked.Body)
	}
	report, tag := asked.JSON201, asked.HTTPResponse.Header.Get("ETag")
	until := client.End
	for report.State == client.QUEUED || report.State == client.RUNNING {
		news, err := service.GetReportWithResponse(ctx, id, &client.GetReportParams{
			Until: &until, Prefer: aws.String("wait=20"), IfNoneMatch: &tag,
		})
		check(err)
		switch {
		case news.JSON200 != nil:
			report, tag = news.JSON200, news.HTTPResponse.Header.Get("ETag")
		case news.StatusCode() != http.StatusNotModified:
			log.Fatalf("no news: %s %s", news.Status(), news.Body)
		}
	}
	if report.Result == nil {
		log.Fatalf("no file: %s", report.State)
	}

	led, err := service.GetReportFileWithResponse(ctx, id)
	check(err)
	file, err := http.Get(led.HTTPResponse.Header.Get("Location"))
	check(err)
	defer file.Body.Close()
	content, err := io.ReadAll(file.Body)
	check(err)
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != report.Result.Sha256 {
		log.Fatal("the file is damaged")
	}
	check(os.WriteFile(os.Args[1], content, 0o600))
	fmt.Println(report.State, report.Result.RowCount)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
