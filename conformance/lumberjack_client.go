// Feeds a node through Elastic's own Lumberjack client: main ADDRESS COMPRESSION-LEVEL. Sends 5,000 events in windows of
// several sizes, each of which must be acknowledged whole.
package main

import (
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	v2 "github.com/elastic/go-lumber/client/v2"
)

func main() {
	level, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	client, err := v2.SyncDial(os.Args[1], v2.CompressionLevel(level), v2.Timeout(60*time.Second))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	sizes := []int{1, 10, 489, 1500, 3000}
	number := 0
	for _, size := range sizes {
		batch := make([]interface{}, 0, size)
		for i := 0; i < size; i++ {
			batch = append(batch, map[string]interface{}{"@timestamp": "2024-04-26T01:02:03.000Z", "message": fmt.Sprintf("câu số %d", number), "number": number})
			number++
		}
		count, err := client.Send(batch)
		if err != nil || count != size {
			log.Fatalf("%d of %d acknowledged: %v", count, size, err)
		}
	}
}
